using System.Text;
using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>A terminal's viewer gets exact bytes, and no more than it has credit for.</summary>
public sealed class TerminalLaneTests
{
    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Fact]
    public async Task Bytes_are_exact_from_the_start_while_they_are_written_and_the_end_is_told()
    {
        await using var fixture = new DeliveryFixture();
        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        await AppendAsync(fixture, bytes.AsMemory(0, 100_000));
        await using Viewer viewer = fixture.Open();
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", TerminalFrom.Start));
        Task writing = Task.Run(async () =>
        {
            for (int at = 100_000; at < bytes.Length; at += 2500)
            {
                await AppendAsync(fixture, bytes.AsMemory(at, 2500));
            }

            await fixture.Log.EndTerminalAsync(Terminal, 3, default);
        });
        var seen = new MemoryStream();
        await viewer.ReadUntilAsync("it ended", () => Take(viewer, seen) is { } exitCode && exitCode == 3, async () =>
            await viewer.SendAsync(new ClientMessage.Ack("t", seen.Length)));
        await writing;
        Assert.Equal(bytes, seen.ToArray());
    }

    [Fact]
    public async Task Who_acknowledges_nothing_gets_one_window_and_more_with_credit()
    {
        await using var fixture = new DeliveryFixture(new DeliveryOptions { TerminalWindowBytes = 50_000 });
        await AppendAsync(fixture, new byte[200_000]);
        await using Viewer viewer = fixture.Open(bufferBytes: 1_000_000);
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", TerminalFrom.Start));
        var seen = new MemoryStream();
        await viewer.ReadUntilAsync("the window is full", () => { Take(viewer, seen); return seen.Length >= 50_000; });
        await viewer.SendAsync(new ClientMessage.Ping("nothing more"));
        await viewer.ReadUntilAsync("it answered", () => viewer.Has("pong"));
        Take(viewer, seen);
        Assert.Equal(50_000, seen.Length);

        // More than was sent counts as all that was sent.
        await viewer.SendAsync(new ClientMessage.Ack("t", long.MaxValue));
        await viewer.ReadUntilAsync(
            "another window came", () => { Take(viewer, seen); return seen.Length >= 100_000; });
        Assert.Equal(100_000, seen.Length);
    }

    [Theory]
    [InlineData("tail:4", "defg", 3)]
    [InlineData("5", "fg", 5)]
    [InlineData("tail:100", "abcdefg", 0)]
    public async Task Delivery_begins_where_it_was_asked_to(string from, string expected, long offset)
    {
        await using var fixture = new DeliveryFixture();
        await AppendAsync(fixture, Encoding.ASCII.GetBytes("abcdefg"));
        await fixture.Log.EndTerminalAsync(Terminal, 0, default);
        await using Viewer viewer = fixture.Open();
        Assert.True(TerminalFrom.TryParse(from, out TerminalFrom start));
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", start));
        var seen = new MemoryStream();
        await viewer.ReadUntilAsync("it ended", () => Take(viewer, seen) is not null);
        Assert.Equal(expected, Encoding.ASCII.GetString(seen.ToArray()));
        JsonElement subscribed = viewer.Messages.First(
            message => message.GetProperty("op").GetString() == "subscribed");
        Assert.Equal(offset, subscribed.GetProperty("offset").GetInt64());
    }

    [Theory]
    [InlineData("tail:6", 12, "red\u001b[m")]
    [InlineData("tail:7", 12, "red\u001b[m")]
    [InlineData("tail:12", 12, "red\u001b[m")]
    [InlineData("tail:13", 5, "\u001b[1;31mred\u001b[m")]
    [InlineData("tail:14", 5, "\u001b[1;31mred\u001b[m")]
    [InlineData("tail:15", 3, "é\u001b[1;31mred\u001b[m")]
    [InlineData("tail:17", 2, "té\u001b[1;31mred\u001b[m")]
    [InlineData("7", 7, "1;31mred\u001b[m")]
    public async Task A_tail_begins_at_a_safe_point_which_subscribed_tells(string from, long offset, string expected)
    {
        await using var fixture = new DeliveryFixture();
        await AppendAsync(fixture, Encoding.UTF8.GetBytes("été\u001b[1;31mred\u001b[m"));
        await fixture.Log.EndTerminalAsync(Terminal, 0, default);
        await using Viewer viewer = fixture.Open();
        Assert.True(TerminalFrom.TryParse(from, out TerminalFrom start));
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", start));
        var seen = new MemoryStream();
        await viewer.ReadUntilAsync("it ended", () => Take(viewer, seen) is not null);
        Assert.Equal(expected, Encoding.UTF8.GetString(seen.ToArray()));
        JsonElement subscribed = viewer.Messages.First(
            message => message.GetProperty("op").GetString() == "subscribed");
        Assert.Equal(offset, subscribed.GetProperty("offset").GetInt64());
    }

    [Fact]
    public async Task After_a_gap_bytes_begin_at_a_safe_point_which_the_gap_tells()
    {
        await using var fixture = new DeliveryFixture(
            logOptions: new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        TerminalAppendResult first = await AppendAsync(fixture, Encoding.UTF8.GetBytes("old\n\u001b[1"));
        await AppendAsync(fixture, Encoding.UTF8.GetBytes(";31mred\nnew line\n" + new string('x', 1024)));
        await fixture.Log.EndTerminalAsync(Terminal, 0, default);
        await using Viewer viewer = fixture.Open();
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal(
            "t", "t1", new TerminalFrom(TerminalFromKind.Offset, 2, first.Epoch)));
        await viewer.ReadUntilAsync(
            "it ended", () => viewer.Messages.Any(message => message.TryGetProperty("end", out _)));

        JsonElement gap = viewer.Messages.Single(message => message.GetProperty("op").GetString() == "gap");
        JsonElement bytes = viewer.Messages.First(message => message.GetProperty("op").GetString() == "terminal");

        Assert.Equal($"15.{first.Epoch}", gap.GetProperty("resumes_at").GetString());
        Assert.Equal(13, gap.GetProperty("missing").GetInt64());
        Assert.Equal(15, bytes.GetProperty("offset").GetInt64());
        Assert.StartsWith(
            "new line\n", Encoding.UTF8.GetString(bytes.GetProperty("data").GetBytesFromBase64()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_task_and_one_outside_the_grants_are_refused()
    {
        await using var fixture = new DeliveryFixture();
        await AppendAsync(fixture, new byte[1]);
        await using Viewer viewer = fixture.Open(scope: "read:terminal/x*");
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "x1", TerminalFrom.Start));
        await viewer.ReadUntilAsync("it is refused", () => viewer.Has("error"));
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", TerminalFrom.Start));
        await viewer.ReadUntilAsync("it is refused too", () => Errors().Length == 2);
        Assert.Equal([ErrorCodes.NotFound, ErrorCodes.Forbidden], Errors());

        string[] Errors() =>
            [.. viewer.Messages.Where(message => message.GetProperty("op").GetString() == "error")
                .Select(message => message.GetProperty("code").GetString()!)];
    }

    // Takes what arrived since the last call; each message must begin where the one before ended.
    private static int? Take(Viewer viewer, MemoryStream seen)
    {
        int? exitCode = null;
        foreach (JsonElement message in viewer.Messages
            .Where(item => item.GetProperty("op").GetString() == "terminal").ToArray())
        {
            viewer.Messages.Remove(message);
            byte[] data = message.TryGetProperty("data", out JsonElement text) ? text.GetBytesFromBase64() : [];
            long first = viewer.Messages.First(item => item.GetProperty("op").GetString() == "subscribed")
                .GetProperty("offset").GetInt64();
            Assert.Equal(first + seen.Length, message.GetProperty("offset").GetInt64());
            seen.Write(data);
            exitCode = message.TryGetProperty("end", out JsonElement end)
                ? end.GetProperty("exit_code").GetInt32()
                : exitCode;
        }

        return exitCode;
    }

    private static Task<TerminalAppendResult> AppendAsync(DeliveryFixture fixture, ReadOnlyMemory<byte> data) =>
        fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = data }, default);
}
