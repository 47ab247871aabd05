using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary><c>pause</c> and <c>resume</c>: each told once per change, and <c>resume</c> without being asked.</summary>
public sealed class ProducerPauseTests : IAsyncDisposable
{
    private static readonly Pressure Pause = new(PressureState.Pause, 9, 10);
    private static readonly Pressure Ok = new(PressureState.Ok, 0, 10);

    private readonly FaultyLog _log = new(RunningWorker.NewLog());

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_terminal_is_told_once_per_change()
    {
        bool pauses = true;
        _log.InsteadOfTerminalAppend = () =>
            Stored(TerminalAppendStatus.Stored, Volatile.Read(ref pauses) ? Pause : Ok);
        await using RunningWorker worker = await StartAsync();
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("appended 1", await producer.NextShortAsync());
        await producer.AppendAsync(2, "t1", 1);
        Assert.Equal("appended 2", await producer.NextShortAsync());
        Volatile.Write(ref pauses, false);
        Assert.Equal("resume", await producer.NextShortAsync());
        await producer.AppendAsync(3, "t1", 2);
        Assert.Equal("appended 3", await producer.NextShortAsync());
        Volatile.Write(ref pauses, true);
        await producer.AppendAsync(4, "t1", 3);
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("appended 4", await producer.NextShortAsync());
    }

    [Fact]
    public async Task A_terminal_that_ended_meanwhile_holds_nobody_up()
    {
        TerminalAppendStatus status = TerminalAppendStatus.Stored;
        _log.InsteadOfTerminalAppend = () => Stored(status, Pause);
        await using RunningWorker worker = await StartAsync();
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("appended 1", await producer.NextShortAsync());
        status = TerminalAppendStatus.Ended;
        Assert.Equal("resume", await producer.NextShortAsync());
    }

    [Fact]
    public async Task A_log_that_is_away_for_a_while_is_asked_again()
    {
        bool pauses = true;
        int asked = 0;
        _log.InsteadOfTerminalAppend = () =>
            Stored(TerminalAppendStatus.Stored, Volatile.Read(ref pauses) ? Pause : Ok);
        await using RunningWorker worker = await StartAsync();
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("appended 1", await producer.NextShortAsync());

        Volatile.Write(ref pauses, false);
        _log.OnTerminal = () =>
        {
            Interlocked.Increment(ref asked);
            return FaultyLog.Away();
        };
        await Eventually.TrueAsync("it is asked while it is away", () => Volatile.Read(ref asked) >= 2);
        _log.OnTerminal = () => null;
        Assert.Equal("resume", await producer.NextShortAsync());
    }

    // A producer does not know which event goes where: one word for all its streams.
    [Fact]
    public async Task Events_pause_with_the_first_stream_and_resume_with_the_last()
    {
        var pressures = new ConcurrentDictionary<int, Pressure>();
        var asked = new ConcurrentDictionary<int, int>();
        using var partition = new ThreadLocal<int>();
        _log.OnAppend = stream =>
        {
            partition.Value = stream.Partition;
            asked.AddOrUpdate(stream.Partition, 1, static (_, count) => count + 1);
            return null;
        };
        _log.InsteadOfAppend = batch => new AppendResult(
            [.. batch.Select(_ => new AppendOutcome(AppendStatus.Stored, default))],
            pressures.GetValueOrDefault(partition.Value, Ok));
        await using RunningWorker worker = await StartAsync();
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        (string first, int one) = await FindAsync(-1, 100);
        (string second, int other) = await FindAsync(one, 200);

        pressures[one] = Pause;
        await PublishAsync(301, first);
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("published 301", await producer.NextShortAsync());
        pressures[other] = Pause;
        await PublishAsync(302, second);
        Assert.Equal("published 302", await producer.NextShortAsync());

        // Once the other one was asked twice more, what the first one said has been told, if anything.
        pressures[one] = Ok;
        int before = asked[one];
        await Eventually.TrueAsync("the first is asked", () => asked[one] > before);
        before = asked[other];
        await Eventually.TrueAsync("the other is asked", () => asked[other] > before + 1);
        await producer.SayAsync("""{"op":"ping"}""");
        Assert.Equal("pong", await producer.NextShortAsync());

        pressures[other] = Ok;
        Assert.Equal("resume", await producer.NextShortAsync());
        await PublishAsync(303, first);
        Assert.Equal("published 303", await producer.NextShortAsync());

        // A group whose stream is another one.
        async Task<(string Group, int Partition)> FindAsync(int not, int seq)
        {
            while (true)
            {
                asked.Clear();
                await PublishAsync(++seq, $"g{seq}");
                Assert.Equal($"published {seq}", await producer.NextShortAsync());
                if (asked.Keys.Single() != not)
                {
                    return ($"g{seq}", asked.Keys.Single());
                }
            }
        }

        Task PublishAsync(int seq, string group) => producer.SayAsync(
            $$"""{"op":"publish","seq":{{seq}},"events":"""
            + $$"""{"channel":"agents","type":"t","group":"{{group}}","payload":1} }""");
    }

    private Task<RunningWorker> StartAsync() =>
        RunningWorker.StartAsync(_log, "--event_plane:publish_socket:pressure_interval", "10ms");

    private static TerminalAppendResult Stored(TerminalAppendStatus status, Pressure pressure) =>
        new(status, 1, Epoch.Parse("k3x9qa"), pressure);
}
