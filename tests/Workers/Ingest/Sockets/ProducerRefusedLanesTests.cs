using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>Refusals on a producer's socket: what they hold back, and for how long they are remembered.</summary>
public sealed class ProducerRefusedLanesTests
{
    [Fact]
    public async Task Terminals_that_were_refused_and_given_up_do_not_lock_the_socket()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--event_plane:publish_socket:terminals_max", "2");
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        log.OnTerminal = () => FaultyLog.Away();
        for (int seq = 1; seq <= 5; seq++)
        {
            await producer.AppendAsync(seq, $"given-up-{seq}", 0);
            Assert.Equal($"log_unavailable {seq}", await producer.NextShortAsync());
        }

        log.OnTerminal = () => null;
        await producer.AppendAsync(6, "new", 0);
        Assert.Equal("appended 6", await producer.NextShortAsync());

        // Order is still kept where something was refused.
        await producer.AppendAsync(7, "given-up-1", 0);
        Assert.Equal("after_refused 7", await producer.NextShortAsync());
        await producer.AppendAsync(1, "given-up-1", 0);
        Assert.Equal("appended 1", await producer.NextShortAsync());
    }

    [Fact]
    public async Task A_fault_of_ours_holds_back_what_is_behind_it_until_it_comes_again()
    {
        var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        log.OnTerminal = () => new InvalidOperationException("A test broke it.");
        await producer.SayAsync(Append(5, "first,"));
        Assert.Equal("internal 5", await producer.NextShortAsync());
        log.OnTerminal = () => null;

        await producer.SayAsync(Append(6, "second"));
        Assert.Equal("after_refused 6", await producer.NextShortAsync());
        await producer.SayAsync(Append(5, "first,"));
        Assert.Equal("appended 5", await producer.NextShortAsync());
        await producer.SayAsync(Append(6, "second"));
        Assert.Equal("appended 6", await producer.NextShortAsync());

        Assert.Equal(
            "first,second",
            System.Text.Encoding.UTF8.GetString((await worker.GetAsync("/v1/tasks/t1/terminal")).Body));
    }

    [Fact]
    public async Task A_fault_of_ours_holds_back_events_of_its_stream_too()
    {
        var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        log.OnAppend = _ => new InvalidOperationException("A test broke it.");
        await producer.SayAsync(Publish(5));
        Assert.Equal("internal 5", await producer.NextShortAsync());
        log.OnAppend = _ => null;

        await producer.SayAsync(Publish(6));
        Assert.Equal("after_refused 6", await producer.NextShortAsync());
        await producer.SayAsync(Publish(5));
        Assert.Equal("published 5", await producer.NextShortAsync());
        await producer.SayAsync(Publish(6));
        Assert.Equal("published 6", await producer.NextShortAsync());
    }

    [Fact]
    public async Task A_fault_while_a_pause_is_watched_does_not_keep_the_producer_from_its_resume()
    {
        var paused = new TerminalAppendResult(
            TerminalAppendStatus.Stored, 1, Epoch.Create(), new Pressure(PressureState.Pause, 9, 10));
        int asked = 0;
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundTerminalAppend = (_, append, _) => append.Data.IsEmpty && Interlocked.Increment(ref asked) <= 2
            ? throw new InvalidOperationException("A test broke it.")
            : Task.FromResult(append.Data.IsEmpty
                ? paused with
                {
                    Status = TerminalAppendStatus.Duplicate,
                    Pressure = new Pressure(PressureState.Ok, 0, 10),
                }
                : paused);
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--event_plane:publish_socket:pressure_interval", "10ms");
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("appended 1", await producer.NextShortAsync());

        Assert.Equal("resume", await producer.NextShortAsync());
        Assert.Equal(3, asked);
    }

    private static string Append(int seq, string text) =>
        $$"""{"op":"append","seq":"""
        + $$"""{{seq}},"task":"t1","data":"{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}}"}""";

    private static string Publish(int seq) =>
        $$"""{"op":"publish","seq":{{seq}},"events":[{"channel":"agents","type":"t","agent":"a","payload":{{seq}}}]}""";
}
