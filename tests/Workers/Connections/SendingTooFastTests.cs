using System.Diagnostics;
using System.Text.Json;

namespace Realtime.Tests.Workers.Connections;

/// <summary>What becomes of clients that send more than they may.</summary>
public sealed class SendingTooFastTests
{
    private const string Rates = "--connection_plane:connections:rates:";

    [Theory]
    [InlineData("messages_burst", "messages_per_second", "messages")]
    [InlineData("bytes_burst", "bytes_per_second", "bytes")]
    public async Task A_viewer_is_told_and_closed_and_others_are_not(string burst, string rate, string what)
    {
        string few = what == "bytes" ? "1024" : "20";
        await using RunningWorker worker =
            await RunningWorker.StartAsync(null, Rates + burst, few, Rates + rate, what == "bytes" ? "1024" : "1");
        using WorkerSocket flood = await WorkerSocket.OpenAsync(worker);
        using WorkerSocket other = await WorkerSocket.OpenAsync(worker);
        for (int i = 0; i < 60; i++)
        {
            await flood.SayAsync("""{"op":"ping","nonce":"n"}""");
        }

        JsonElement? last = null;
        int pongs = 0;
        while (await flood.NextAsync() is { } message)
        {
            pongs += message.GetProperty("op").GetString() == "pong" ? 1 : 0;
            last = message;
        }

        Assert.InRange(pongs, 1, 40);
        Assert.Equal("error", last!.Value.GetProperty("op").GetString());
        Assert.Equal("rate_limited", last.Value.GetProperty("code").GetString());
        Assert.Contains(what, last.Value.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((4429, "rate_limited"), (flood.CloseCode, flood.CloseReason));
        await other.SayAsync("""{"op":"ping","nonce":"n"}""");
        Assert.Equal("pong", (await other.NextAsync())!.Value.GetProperty("op").GetString());
    }

    [Fact]
    public async Task Acknowledgements_are_no_messages_that_count()
    {
        await using RunningWorker worker =
            await RunningWorker.StartAsync(null, Rates + "messages_burst", "5", Rates + "messages_per_second", "1");
        await worker.PostBytesAsync("/v1/tasks/t1/terminal", [1, 2, 3]);
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(worker, "/ws/terminal/t1?from=start");
        for (int i = 0; i < 100; i++)
        {
            await viewer.SayAsync("""{"op":"ack","id":"default","offset":3}""");
        }

        await viewer.SayAsync("""{"op":"ping","nonce":"last"}""");
        while (await viewer.NextAsync() is { } message)
        {
            if (message.GetProperty("op").GetString() == "pong")
            {
                return;
            }
        }

        Assert.Fail($"It was closed: {viewer.CloseCode}.");
    }

    [Fact]
    public async Task A_producer_is_slowed_down_and_loses_nothing()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, Rates + "producer_messages_burst", "2", Rates + "producer_messages_per_second", "20");
        using WorkerSocket producer = await WorkerSocket.OpenAsync(worker, "/v1/publish");
        long started = Stopwatch.GetTimestamp();
        for (int seq = 1; seq <= 12; seq++)
        {
            await producer.SayAsync(
                $$$"""
                {"op":"publish","seq":{{{seq}}},"events":{"channel":"agents","type":"x","agent":"a1","payload":1}}
                """);
        }

        for (int seq = 1; seq <= 12; seq++)
        {
            JsonElement answer = (await producer.NextAsync())!.Value;
            Assert.Equal("published", answer.GetProperty("op").GetString());
            Assert.Equal(seq, answer.GetProperty("seq").GetInt32());
        }

        // 12, of which 2 at once and one in debt: nine more at 20 a second.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.4, 20);
    }
}
