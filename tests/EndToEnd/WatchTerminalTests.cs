using System.Net;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Watching a terminal through the edge: every byte at its offset, by credit, with the end.</summary>
public sealed class WatchTerminalTests(SharedSystem shared) : IClassFixture<SharedSystem>, IDisposable
{
    private const int WindowBytes = 256 * 1024;
    private const int AppendBytes = 100_000;

    private readonly WatchFixture _tenant = new(shared.System, shared.NewTenant());

    public void Dispose() => _tenant.Dispose();

    [Theory]
    [InlineData("", 0)]
    [InlineData("?from=start", 0)]
    [InlineData("?from=0", 0)]
    [InlineData("?from=4097", 4097)]
    [InlineData("?from=100001", 100_001)]
    [InlineData("?from=150000", 150_000)]
    [InlineData("?from=tail:1000", 149_000)]
    [InlineData("?from=tail:999999", 0)]
    public async Task Bytes_are_exact_from_wherever_they_are_wanted(string query, int start)
    {
        byte[] output = Output(150_000);
        await _tenant.AppendAsync("t1", output.AsMemory(0, AppendBytes));
        await _tenant.AppendAsync("t1", output.AsMemory(AppendBytes), "?offset=100000");
        await _tenant.EndAsync("t1", 3);

        using Conversation viewer = await _tenant.OpenAsync($"/ws/terminal/t1{query}");
        JsonElement subscribed = await viewer.NextAsync("subscribed");
        Assert.Equal("t1", subscribed.GetProperty("task").GetString());
        Assert.Equal(start, subscribed.GetProperty("offset").GetInt64());
        (byte[] bytes, _) = await ReadAsync(viewer, start, output.Length - start);
        Assert.Equal(output[start..], bytes);
        JsonElement end = (await viewer.NextAsync("terminal")).GetProperty("end");
        Assert.Equal(3, end.GetProperty("exit_code").GetInt32());

        using HttpResponseMessage history = await _tenant.Http.GetAsync($"v1/tasks/t1/terminal{query}");
        Assert.Equal(output[start..], await history.Content.ReadAsByteArrayAsync());
        Assert.Equal($"{start}", history.Headers.GetValues("Realtime-Offset").Single());
        Assert.Equal("150000", history.Headers.GetValues("Realtime-End").Single());
        Assert.Equal("3", history.Headers.GetValues("Realtime-Exit-Code").Single());
        Assert.Equal(
            subscribed.GetProperty("epoch").GetString(), history.Headers.GetValues("Realtime-Epoch").Single());
    }

    [Fact]
    public async Task A_live_viewer_gets_each_append_and_the_end_and_comes_back_to_where_it_was()
    {
        await _tenant.AppendAsync("t1", "one "u8.ToArray());
        using Conversation viewer = await _tenant.OpenAsync("/ws/terminal/t1");
        JsonElement subscribed = await viewer.NextAsync("subscribed");
        Assert.Equal("one ", Text((await ReadAsync(viewer, 0, 4)).Bytes));

        await _tenant.AppendAsync("t1", "two "u8.ToArray(), "?stream=stderr");
        (byte[] bytes, JsonElement message) = await ReadAsync(viewer, 4, 4);
        Assert.Equal("two ", Text(bytes));
        Assert.Equal("stderr", message.GetProperty("stream").GetString());
        viewer.Dispose();

        await _tenant.AppendAsync("t1", "three"u8.ToArray());
        await _tenant.EndAsync("t1", 0);
        using Conversation back = await _tenant.OpenAsync(
            $"/ws/terminal/t1?from=8.{subscribed.GetProperty("epoch").GetString()}");
        Assert.Equal("three", Text((await ReadAsync(back, 8, 5)).Bytes));
        JsonElement end = await back.NextAsync("terminal");
        Assert.Equal(13, end.GetProperty("offset").GetInt64());
        Assert.Equal(0, end.GetProperty("end").GetProperty("exit_code").GetInt32());
    }

    [Theory]
    [InlineData("", "base64", "realtime.v1.json")]
    [InlineData("?encoding=base64", "base64", "realtime.v1.json")]
    [InlineData("?encoding=lz4", "lz4+base64", "realtime.v1.json")]
    [InlineData("", "lz4", "realtime.v1.msgpack")]
    [InlineData("?encoding=base64", "lz4", "realtime.v1.msgpack")]
    [InlineData("?encoding=lz4", "lz4", "realtime.v1.msgpack")]
    public async Task Bytes_are_compressed_for_who_asked_and_always_in_MessagePack(
        string query, string encoding, string subprotocol)
    {
        byte[] output = new byte[5000];
        await _tenant.AppendAsync("t1", output);
        using var connection = new TestConnection(
            shared.System.Certificate, _tenant.Http.DefaultRequestHeaders.Authorization!.Parameter!, subprotocol);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await connection.ConnectAsync(
            new Uri(shared.System.Socket(path: "/"), $"/ws/terminal/t1{query}"), patience.Token);
        var bytes = new List<byte>();
        var encodings = new HashSet<string>();
        while (bytes.Count < output.Length)
        {
            ReadOnlyMemory<byte>? frame = await connection.ReceiveFrameAsync(patience.Token);
            TerminalFrames.Read(frame!.Value, connection.IsMessagePack, (message, data) =>
            {
                if (Conversation.Op(message) == "terminal")
                {
                    bytes.AddRange(data);
                    encodings.Add(message.GetProperty("encoding").GetString()!);
                }
            });
        }

        Assert.Equal(output, bytes);
        Assert.Equal([encoding], encodings);
    }

    [Fact]
    public async Task A_viewer_that_never_acknowledges_gets_one_window_and_more_for_each_ack()
    {
        byte[] output = Output(WindowBytes * 2);
        for (int offset = 0; offset < output.Length; offset += WindowBytes / 2)
        {
            await _tenant.AppendAsync("t1", output.AsMemory(offset, WindowBytes / 2));
        }

        using Conversation viewer = await _tenant.OpenAsync("/ws/terminal/t1");
        JsonElement welcome = await viewer.NextAsync("welcome");
        Assert.Equal(WindowBytes, welcome.GetProperty("limits").GetProperty("terminal_window_bytes").GetInt32());
        (byte[] bytes, _) = await ReadAsync(viewer, 0, WindowBytes);
        Assert.Equal(output[..WindowBytes], bytes);
        await NothingMoreAsync(viewer);

        await viewer.SayAsync("""{"op":"ack","id":"default","offset":10000}""");
        (bytes, _) = await ReadAsync(viewer, WindowBytes, 10_000);
        Assert.Equal(output[WindowBytes..(WindowBytes + 10_000)], bytes);
        await NothingMoreAsync(viewer);

        // Older acknowledgements and ones beyond what was sent give no more credit than there is.
        await viewer.SayAsync("""{"op":"ack","id":"default","offset":5000}""");
        await NothingMoreAsync(viewer);
        await viewer.SayAsync("""{"op":"ack","id":"default","offset":9223372036854775807}""");
        (bytes, _) = await ReadAsync(viewer, WindowBytes + 10_000, WindowBytes - 10_000);
        Assert.Equal(output[(WindowBytes + 10_000)..], bytes);
        await _tenant.EndAsync("t1", 1);
        Assert.Equal(1, (await viewer.NextAsync("terminal")).GetProperty("end").GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task Terminals_and_events_share_one_connection()
    {
        await _tenant.AppendAsync("t1", "hello"u8.ToArray());
        using Conversation viewer = await _tenant.OpenAsync("/ws/terminal/t1");
        await ReadAsync(viewer, 0, 5);
        await viewer.SayAsync("""
            [{"op":"subscribe","id":"s1","agents":"a1"},{"op":"subscribe","id":"t","terminal":"t1","from":2}]
            """);
        JsonElement again = await viewer.NextAsync("terminal");
        Assert.Equal(("t", 2L), (again.GetProperty("id").GetString()!, again.GetProperty("offset").GetInt64()));
        string id = await _tenant.PublishAsync("a1");
        Assert.Equal(id, (await viewer.NextAsync("event")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_place_that_is_not_there_is_told_and_never_skipped()
    {
        await _tenant.AppendAsync("t1", "hello"u8.ToArray());
        using Conversation viewer = await _tenant.OpenAsync("/ws/terminal/t1?from=2.zzzzzz");
        JsonElement gap = await viewer.NextAsync("gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());
        Assert.Equal("t1", gap.GetProperty("task").GetString());
        Assert.Equal("hello", Text((await ReadAsync(viewer, 0, 5)).Bytes));

        using HttpResponseMessage otherEpoch = await _tenant.Http.GetAsync("v1/tasks/t1/terminal?from=2.zzzzzz");
        using HttpResponseMessage ahead = await _tenant.Http.GetAsync("v1/tasks/t1/terminal?from=6");
        await ProblemAssert.IsAsync(409, "other_epoch", otherEpoch);
        await ProblemAssert.IsAsync(409, "gap", ahead);
    }

    [Fact]
    public async Task A_hole_and_bytes_after_the_end_are_refused_and_a_repetition_is_harmless()
    {
        await _tenant.AppendAsync("t1", "hello"u8.ToArray(), "?offset=0");
        await _tenant.AppendAsync("t1", "hello, you"u8.ToArray(), "?offset=0");
        using HttpResponseMessage hole = await _tenant.Http.PostAsync(
            "v1/tasks/t1/terminal?offset=11", new ByteArrayContent([1]));
        JsonElement problem = await ProblemAssert.IsAsync(409, "hole", hole);
        Assert.Equal(10, problem.GetProperty("expected").GetInt64());
        await _tenant.EndAsync("t1", 0);
        using HttpResponseMessage late = await _tenant.Http.PostAsync(
            "v1/tasks/t1/terminal", new ByteArrayContent([1]));
        await ProblemAssert.IsAsync(409, "ended", late);

        using Conversation viewer = await _tenant.OpenAsync("/ws/terminal/t1");
        Assert.Equal("hello, you", Text((await ReadAsync(viewer, 0, 10)).Bytes));
        Assert.Equal(HttpStatusCode.OK, (await _tenant.Http.GetAsync("v1/tasks/t1/terminal")).StatusCode);
    }

    // Reads exactly so many bytes, which must follow each other; more than that is a failure.
    private static async Task<(byte[] Bytes, JsonElement Last)> ReadAsync(Conversation viewer, long offset, int length)
    {
        var bytes = new MemoryStream();
        JsonElement message = default;
        while (bytes.Length < length)
        {
            message = await viewer.NextAsync("terminal");
            Assert.Equal(offset + bytes.Length, message.GetProperty("offset").GetInt64());
            Assert.Equal("base64", message.GetProperty("encoding").GetString());
            byte[] data = message.GetProperty("data").GetBytesFromBase64();
            Assert.Equal(data.Length, message.GetProperty("length").GetInt32());
            bytes.Write(data);
        }

        Assert.Equal(length, bytes.Length);
        return (bytes.ToArray(), message);
    }

    // The lanes are served in turns: what could be sent would be within a few of them.
    private static async Task NothingMoreAsync(Conversation viewer)
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Empty(await viewer.UntilPongAsync());
        }
    }

    // Every value of a byte, and no two places alike for long.
    private static byte[] Output(int length)
    {
        byte[] output = new byte[length];
        new Random(length).NextBytes(output);
        return output;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
