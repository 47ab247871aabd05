using Realtime.Tests.Support;
using Realtime.Workers.Ingest;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>What a producer that is slow, dead or greedy can take of a worker.</summary>
public sealed class ProducerBoundsTests
{
    private const int HalfBytes = 600_000;

    [Fact]
    public async Task Half_messages_count_against_the_bytes_that_a_worker_holds()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--event_plane:ingest:in_flight_bytes_max", "1MiB");
        using ProducerSocket first = await ProducerSocket.OpenAsync(worker);
        using ProducerSocket second = await ProducerSocket.OpenAsync(worker);
        ByteBudget budget = worker.Get<ByteBudget>();

        await first.SayAsync(new string(' ', HalfBytes), isWhole: false);
        await Eventually.TrueAsync("the first is counted", () => budget.Taken >= HalfBytes);
        await second.SayAsync(new string(' ', HalfBytes), isWhole: false);
        Assert.Equal("closed 1013", await second.NextShortAsync());

        await first.SayAsync("""{"op":"ping"}""");
        Assert.Equal("pong", await first.NextShortAsync());
        await Eventually.TrueAsync("all is given back", () => budget.Taken == 0);
    }

    [Fact]
    public async Task Bytes_are_held_until_the_answer_and_not_longer()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundTerminalAppend = async (_, _, appendAsync) =>
        {
            await gate.Task;
            return await appendAsync();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        ByteBudget budget = worker.Get<ByteBudget>();

        await producer.AppendAsync(1, "t1", 0, new string('x', HalfBytes));
        await producer.SayAsync("""{"op":"ping"}""");
        Assert.Equal("pong", await producer.NextShortAsync());
        Assert.InRange(budget.Taken, HalfBytes, 4 * HalfBytes);
        gate.SetResult();
        Assert.Equal("appended 1", await producer.NextShortAsync());
        await Eventually.TrueAsync("all is given back", () => budget.Taken == 0);
    }

    [Fact]
    public async Task A_message_that_does_not_end_closes_4408()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--event_plane:publish_socket:message_timeout", "1s");
        using ProducerSocket quiet = await ProducerSocket.OpenAsync(worker);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await quiet.SayAsync("""{"op":"ping"}""");
        Assert.Equal("pong", await quiet.NextShortAsync());
        await producer.SayAsync("""{"op":"ping","nonce":""", isWhole: false);
        Assert.Equal("closed 4408", await producer.NextShortAsync());

        // One that has nothing to say is well.
        await quiet.SayAsync("""{"op":"ping"}""");
        Assert.Equal("pong", await quiet.NextShortAsync());
    }

    [Fact]
    public async Task More_terminals_at_once_than_allowed_are_refused()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundTerminalAppend = async (_, _, appendAsync) =>
        {
            await gate.Task;
            return await appendAsync();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--event_plane:publish_socket:terminals_max", "2");
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await producer.AppendAsync(1, "t1", 0);
        await producer.AppendAsync(2, "t2", 0);
        await producer.AppendAsync(3, "t1", 1);
        await producer.AppendAsync(4, "t4", 0);
        Assert.Equal("rate_limited 4", await producer.NextShortAsync());
        await producer.AppendAsync(5, "t1", 2);
        Assert.Equal("after_refused 5", await producer.NextShortAsync());
        gate.SetResult();
        string[] answers =
            [await producer.NextShortAsync(), await producer.NextShortAsync(), await producer.NextShortAsync()];
        Assert.Equal(["appended 1", "appended 2", "appended 3"], answers.Order());

        // Lanes without work are forgotten.
        for (int seq = 4; seq < 10; seq++)
        {
            await producer.AppendAsync(seq, $"t{seq}", 0);
            Assert.Equal($"appended {seq}", await producer.NextShortAsync());
        }
    }
}
