using Realtime.Log;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>Several requests at work on one socket: what waits for what, what is refused behind what, and how it
/// ends.</summary>
public sealed class ProducerOrderTests
{
    private static readonly TerminalKey Slow = new("acme", "slow");

    [Fact]
    public async Task A_terminal_keeps_its_order_and_others_go_on_meanwhile()
    {
        (FaultyLog log, TaskCompletionSource gate) = NewLog();
        await using FaultyLog held = log;
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "slow", 0);
        await producer.AppendAsync(2, "slow", 1);
        await producer.SayAsync("""{"op":"end","seq":3,"task":"slow","exit_code":0}""");
        await producer.AppendAsync(4, "fast", 0);
        await producer.SayAsync("""{"op":"publish","seq":5,"events":{"channel":"agents","type":"t","payload":1}}""");
        string[] meanwhile = [await producer.NextShortAsync(), await producer.NextShortAsync()];
        gate.SetResult();

        Assert.Equal(["appended 4", "published 5"], meanwhile.Order());
        Assert.Equal("appended 1", await producer.NextShortAsync());
        Assert.Equal("appended 2", await producer.NextShortAsync());
        Assert.Equal("ended 3", await producer.NextShortAsync());
    }

    [Fact]
    public async Task Beyond_the_limit_requests_are_refused_and_nothing_overtakes_them()
    {
        (FaultyLog log, TaskCompletionSource gate) = NewLog();
        await using FaultyLog held = log;
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--event_plane:publish_socket:in_flight_max", "2");
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "slow", 0);
        await producer.AppendAsync(2, "slow", 1);
        await producer.AppendAsync(3, "fast", 0);
        Assert.Equal("rate_limited 3", await producer.NextShortAsync());
        gate.SetResult();
        Assert.Equal("appended 1", await producer.NextShortAsync());
        Assert.Equal("appended 2", await producer.NextShortAsync());

        // There is room now, but not for what would overtake the third.
        await producer.SayAsync("""{"op":"end","seq":4,"task":"fast","exit_code":0}""");
        Assert.Equal("after_refused 4", await producer.NextShortAsync());
        await producer.AppendAsync(3, "fast", 0);
        Assert.Equal("appended 3", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":4,"task":"fast","exit_code":0}""");
        Assert.Equal("ended 4", await producer.NextShortAsync());
    }

    [Fact]
    public async Task Behind_what_the_log_did_not_take_nothing_is_stored_until_it_comes_again()
    {
        (FaultyLog log, TaskCompletionSource gate) = NewLog();
        await using FaultyLog held = log;
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        gate.SetResult();
        const string Second =
            """{"op":"publish","seq":5,"events":[{"channel":"agents","type":"t","agent":"a","payload":2}]}""";

        log.OnTerminal = () => FaultyLog.Away();
        log.OnAppend = _ => FaultyLog.Away();
        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("log_unavailable 1", await producer.NextShortAsync());
        await producer.SayAsync(
            """{"op":"publish","seq":4,"events":[{"channel":"agents","type":"t","agent":"a","payload":1}]}""");
        Assert.Equal("log_unavailable 4", await producer.NextShortAsync());
        log.OnTerminal = () => null;
        log.OnAppend = _ => null;

        await producer.SayAsync("""{"op":"end","seq":2,"task":"t1","exit_code":0}""");
        Assert.Equal("after_refused 2", await producer.NextShortAsync());
        await producer.SayAsync(Second);
        Assert.Equal("after_refused 5", await producer.NextShortAsync());
        await producer.AppendAsync(3, "t2", 0);
        Assert.Equal("appended 3", await producer.NextShortAsync());

        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("appended 1", await producer.NextShortAsync());
        await producer.SayAsync(
            """{"op":"publish","seq":4,"events":[{"channel":"agents","type":"t","agent":"a","payload":1}]}""");
        Assert.Equal("published 4", await producer.NextShortAsync());
        await producer.SayAsync(Second);
        Assert.Equal("published 5", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":2,"task":"t1","exit_code":0}""");
        Assert.Equal("ended 2", await producer.NextShortAsync());
    }

    [Fact]
    public async Task A_worker_that_leaves_answers_what_is_under_way_and_closes_1012()
    {
        (FaultyLog log, TaskCompletionSource gate) = NewLog();
        await using FaultyLog held = log;
        RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await producer.AppendAsync(1, "slow", 0);
        await producer.AppendAsync(2, "fast", 0);
        Assert.Equal("appended 2", await producer.NextShortAsync());

        Task stopping = worker.DisposeAsync().AsTask();
        Assert.Equal("drain", await producer.NextShortAsync());
        await producer.AppendAsync(3, "late", 0);
        await producer.SayAsync("""{"op":"ping","nonce":"n"}""");
        Assert.Equal("pong", await producer.NextShortAsync());
        gate.SetResult();
        Assert.Equal("appended 1", await producer.NextShortAsync());
        Assert.Equal("closed 1012", await producer.NextShortAsync());

        // What came while it left was not begun: the producer sends it elsewhere.
        Assert.Null(await log.FindTerminalAsync(new TerminalKey("acme", "late"), CancellationToken.None));
        producer.Dispose();
        await stopping;
    }

    [Fact]
    public async Task A_fault_of_ours_is_told_and_the_connection_goes_on()
    {
        (FaultyLog log, _) = NewLog();
        await using FaultyLog held = log;
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        log.OnTerminal = () => new InvalidOperationException("A test broke it.");
        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("internal 1", await producer.NextShortAsync());
        log.OnTerminal = () => null;
        await producer.AppendAsync(2, "t2", 0);
        Assert.Equal("appended 2", await producer.NextShortAsync());
    }

    // Appends at the beginning of one terminal wait for the gate.
    private static (FaultyLog Log, TaskCompletionSource Gate) NewLog()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundTerminalAppend = async (terminal, append, appendAsync) =>
        {
            if (terminal == Slow && append.Offset == 0)
            {
                await gate.Task;
            }

            return await appendAsync();
        };
        return (log, gate);
    }
}
