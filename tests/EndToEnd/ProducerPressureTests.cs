using System.Globalization;
using System.Text.Json;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A live reader that can't follow, on small limits: producers are told to pause, refused, and told to go
/// on.</summary>
public sealed class ProducerPressureTests
{
    private const int Depth = 10;
    private const int TerminalDepth = 64 * 1024;

    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("memory", TestConnection.Json)]
    [InlineData("redis", TestConnection.MessagePack)]
    public async Task Events_pause_are_refused_and_resume(string log, string form)
    {
        await using RedisServer? redis = log == "redis" ? await RedisServer.StartAsync() : null;
        await using RealtimeSystem system = await StartAsync(redis);
        await using RedisLog? own = Own(redis);
        IPartitionedLog side = own ?? system.EmbeddedLog!;
        using Conversation producer = await Conversation.OpenAsync(system, "/v1/publish", system.Token(), form);
        await SayAsync(1);
        JsonElement first = await producer.NextAsync("published");
        Assert.True(EventPosition.TryParse(
            first.GetProperty("results")[0].GetProperty("id").GetString(), out EventPosition position));
        var stream = new StreamKey("acme", position.Partition);
        await side.ReportReaderAsync(stream, "stuck", 1, None);

        int seq = 1;
        while (true)
        {
            await SayAsync(++seq);
            JsonElement message = await producer.NextAsync();
            if (Conversation.Op(message) == "pause")
            {
                AssertPressure("pause", 8, message);
                Assert.Equal("events", message.GetProperty("what").GetString());
                Assert.Equal(seq, (await producer.NextAsync("published")).GetProperty("seq").GetInt64());
                break;
            }
        }

        Assert.Equal(9, seq);
        await side.ReportReaderAsync(stream, "stuck", 1, None);
        for (int i = 0; i < 2; i++)
        {
            await SayAsync(++seq);
            await producer.NextAsync("published");
        }

        await SayAsync(++seq);
        JsonElement refused = await producer.NextAsync("error");
        Assert.Equal(("pressure", true), (CodeOf(refused), refused.GetProperty("retry").GetBoolean()));
        Assert.True(refused.GetProperty("retry_after_ms").GetInt64() >= 1000);
        AssertPressure("pause", Depth, refused);
        await SayAsync(seq + 1);
        Assert.Equal("after_refused", CodeOf(await producer.NextAsync("error")));

        // Nothing is appended meanwhile: the worker finds out by itself.
        await side.ReportReaderAsync(stream, "stuck", 11, None);
        JsonElement resume = await producer.NextAsync("resume");
        Assert.Equal("events", resume.GetProperty("what").GetString());
        AssertPressure("ok", 0, resume);
        await SayAsync(seq);
        await producer.NextAsync("published");
        await SayAsync(seq + 1);
        await producer.NextAsync("published");

        Task SayAsync(int number) => producer.SayAsync(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"op":"publish","seq":{{number}},"events":"""
            + $$"""{"channel":"agents","type":"t","agent":"a1","payload":1} }"""));
    }

    [Theory]
    [InlineData("memory", TestConnection.MessagePack)]
    [InlineData("redis", TestConnection.Json)]
    public async Task A_terminal_pauses_is_refused_and_resumes_alone(string log, string form)
    {
        await using RedisServer? redis = log == "redis" ? await RedisServer.StartAsync() : null;
        await using RealtimeSystem system = await StartAsync(redis);
        await using RedisLog? own = Own(redis);
        IPartitionedLog side = own ?? system.EmbeddedLog!;
        using Conversation producer = await Conversation.OpenAsync(system, "/v1/publish", system.Token(), form);
        await AppendAsync(1, "t1", 0, 1);
        JsonElement first = await producer.NextAsync("appended");
        Epoch epoch = Epoch.Parse(first.GetProperty("epoch").GetString()!);
        var terminal = new TerminalKey("acme", "t1");
        await side.ReportTerminalReaderAsync(terminal, "stuck", new TerminalCursor(1, epoch), None);

        await AppendAsync(2, "t1", 1, TerminalDepth);
        JsonElement pause = await producer.NextAsync("pause");
        Assert.Equal(
            ("terminal", "t1"), (pause.GetProperty("what").GetString(), pause.GetProperty("task").GetString()));
        AssertPressure("pause", TerminalDepth, pause);
        await producer.NextAsync("appended");
        await AppendAsync(3, "t1", 1 + TerminalDepth, 1);
        Assert.Equal("pressure", CodeOf(await producer.NextAsync("error")));
        await producer.SayAsync("""{"op":"end","seq":4,"task":"t1","exit_code":0}""");
        Assert.Equal("after_refused", CodeOf(await producer.NextAsync("error")));
        await AppendAsync(5, "t2", 0, 1);
        Assert.Equal(5, (await producer.NextAsync("appended")).GetProperty("seq").GetInt64());

        await side.ReportTerminalReaderAsync(terminal, "stuck", new TerminalCursor(1 + TerminalDepth, epoch), None);
        JsonElement resume = await producer.NextAsync("resume");
        Assert.Equal("t1", resume.GetProperty("task").GetString());
        await AppendAsync(3, "t1", 1 + TerminalDepth, 1);
        await producer.NextAsync("appended");
        await producer.SayAsync("""{"op":"end","seq":4,"task":"t1","exit_code":0}""");
        Assert.Equal(2 + TerminalDepth, (await producer.NextAsync("ended")).GetProperty("end").GetInt64());

        Task AppendAsync(long seq, string task, long offset, int length) =>
            ProducerSpeech.AppendAsync(producer, form, seq, task, offset, new byte[length]);
    }

    private static LogOptions Log => new()
    {
        QueueDepthMax = Depth,
        Backpressure = new BackpressureOptions { TerminalDepthBytesMax = TerminalDepth },
    };

    private static Task<RealtimeSystem> StartAsync(RedisServer? redis) => RealtimeSystem.StartAsync(
        new RealtimeSystemOptions
        {
            Redis = redis?.Endpoint,
            Log = Log,
            WorkerSettings = new Dictionary<string, string>
            {
                ["event_plane:max_queue_depth_per_partition"] = "10",
                ["event_plane:backpressure:terminal_depth_bytes"] = "64KiB",
            },
        });

    // The log by another way, to be a reader on it.
    private static RedisLog? Own(RedisServer? redis) =>
        redis is null ? null : RedisLogs.Create(Log with { Redis = new() { Endpoints = [redis.Endpoint] } });

    private static void AssertPressure(string state, long depth, JsonElement message)
    {
        JsonElement pressure = message.GetProperty("pressure");
        Assert.Equal(
            (state, depth), (pressure.GetProperty("state").GetString(), pressure.GetProperty("depth").GetInt64()));
    }

    private static string? CodeOf(JsonElement message) => message.GetProperty("code").GetString();
}
