using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>What the embedded log does as time passes.</summary>
public sealed class MemoryLogClockTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly StreamKey Stream = new("demo", 1);
    private static readonly TerminalKey Terminal = new("demo", "t1");

    private readonly ManualClock _clock = new();
    private readonly MemoryLog _log;

    public MemoryLogClockTests() =>
        _log = new MemoryLog(new LogOptions { Partitions = 4 }, _clock, NullLogger<MemoryLog>.Instance);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Ids_carry_the_logs_clock_and_never_go_back_with_it()
    {
        long startMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        EntryId first = await AppendAsync();
        _clock.JumpBy(TimeSpan.FromMinutes(-5));
        EntryId second = await AppendAsync();
        _clock.JumpBy(TimeSpan.FromMinutes(6));
        EntryId third = await AppendAsync();

        Assert.Equal(new EntryId(startMs, 1), first);
        Assert.Equal(new EntryId(startMs, 2), second);
        Assert.Equal(new EntryId(startMs + 60_000, 3), third);
        Assert.Equal(3, (await ReadAsync(EntryId.Zero)).Entries.Count);
    }

    [Fact]
    public async Task Entries_beyond_the_retention_go_with_the_next_append()
    {
        await AppendAsync();
        _clock.Advance(TimeSpan.FromHours(23));
        await AppendAsync();
        _clock.Advance(TimeSpan.FromHours(2));
        await AppendAsync();

        EventRead read = await ReadAsync(EntryId.Zero);

        Assert.Equal((ReadOutcome.Trimmed, 1L), (read.Outcome, read.Missing));
        Assert.Equal([2L, 3], read.Entries.Select(e => e.Id.Offset));
    }

    [Fact]
    public async Task A_sweep_trims_a_quiet_stream_which_keeps_its_epoch_and_counter()
    {
        EntryId first = await AppendAsync();
        EntryId last = await AppendAsync();
        Epoch epoch = (await _log.OpenAsync(Stream, None)).End.Epoch;
        _clock.Advance(TimeSpan.FromHours(25));

        SweepReport sweep = await _log.SweepAsync(Stream.Partition, None);
        SweepReport again = await _log.SweepAsync(Stream.Partition, None);

        Assert.Equal(new SweepReport(1, 0, 0), sweep);
        Assert.Equal(default, again);
        EventRead behind = await ReadAsync(first);
        Assert.Equal((ReadOutcome.Trimmed, 1L, last), (behind.Outcome, behind.Missing, behind.Start.Entry));
        Assert.Equal(ReadOutcome.Whole, (await ReadAsync(last)).Outcome);
        Assert.Equal(new StreamCursor(last, epoch), (await _log.OpenAsync(Stream, None)).End);
        Assert.Equal(3, (await AppendAsync()).Offset);
    }

    [Fact]
    public async Task A_stream_that_was_quiet_for_twice_the_retention_is_forgotten_unless_somebody_listens()
    {
        await AppendAsync();
        Epoch epoch = (await _log.OpenAsync(Stream, None)).End.Epoch;
        IAsyncDisposable listening = await _log.ListenAsync(Stream, _ => { }, None);
        _clock.Advance(TimeSpan.FromHours(49));
        await _log.SweepAsync(Stream.Partition, None);
        Assert.Equal(epoch, (await _log.OpenAsync(Stream, None)).End.Epoch);

        await listening.DisposeAsync();
        await _log.SweepAsync(Stream.Partition, None);

        Assert.Equal(0, _log.StoredBytes);
        StreamCursor end = (await _log.OpenAsync(Stream, None)).End;
        Assert.NotEqual(epoch, end.Epoch);
        Assert.Equal(1, (await AppendAsync()).Offset);
    }

    [Fact]
    public async Task State_expires_with_the_retention_from_its_last_value()
    {
        await AppendAsync(state: "old");
        await AppendAsync(state: "kept");
        _clock.Advance(TimeSpan.FromHours(20));
        await AppendAsync(state: "kept");
        _clock.Advance(TimeSpan.FromHours(5));

        SweepReport sweep = await _log.SweepAsync(Stream.Partition, None);

        Assert.Equal(1, sweep.StateKeysExpired);
        Assert.Equal(["kept"], (await _log.OpenAsync(Stream, None)).State.Select(s => s.StateKey));
    }

    [Fact]
    public async Task An_idempotency_key_is_forgotten_after_its_window()
    {
        EventAppend append = new() { Envelope = "a"u8.ToArray(), IdempotencyKey = "key" };
        AppendStatus[] statuses = new AppendStatus[3];
        statuses[0] = (await _log.AppendAsync(Stream, [append], None)).Outcomes[0].Status;
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        statuses[1] = (await _log.AppendAsync(Stream, [append], None)).Outcomes[0].Status;
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        statuses[2] = (await _log.AppendAsync(Stream, [append], None)).Outcomes[0].Status;

        Assert.Equal([AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored], statuses);
    }

    [Fact]
    public async Task A_reader_counts_for_two_seconds()
    {
        await AppendAsync();
        await _log.ReportReaderAsync(Stream, "reader", 0, None);
        _clock.Advance(TimeSpan.FromMilliseconds(1999));
        long live = (await _log.AppendAsync(Stream, [], None)).Pressure.Depth;
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        long gone = (await _log.AppendAsync(Stream, [], None)).Pressure.Depth;

        Assert.Equal((1L, 0L), (live, gone));
    }

    [Fact]
    public async Task An_idle_terminal_is_ended_and_vanishes_when_its_time_is_over()
    {
        int rung = 0;
        await using IAsyncDisposable listening = await _log.ListenTerminalAsync(Terminal, () => rung++, None);
        await _log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = "x"u8.ToArray() }, None);
        _clock.Advance(TimeSpan.FromHours(6) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await SweepAllAsync());
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, await SweepAllAsync());

        Assert.Equal(LogLimits.IdleExitCode, (await _log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        Assert.Equal(2, rung);
        _clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await SweepAllAsync());
        Assert.NotNull(await _log.FindTerminalAsync(Terminal, None));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await SweepAllAsync());
        Assert.Null(await _log.FindTerminalAsync(Terminal, None));
        Assert.Equal(0, _log.StoredBytes);
    }

    private async Task<int> SweepAllAsync()
    {
        int ended = 0;
        for (int i = 0; i < _log.PartitionCount; i++)
        {
            ended += (await _log.SweepAsync(i, None)).TerminalsEnded;
        }

        return ended;
    }

    private async Task<EntryId> AppendAsync(string? state = null)
    {
        EventAppend append = new() { Envelope = "event"u8.ToArray(), StateKey = state };
        return (await _log.AppendAsync(Stream, [append], None)).Outcomes[0].Position.Entry;
    }

    private async Task<EventRead> ReadAsync(EntryId after)
    {
        Epoch epoch = (await _log.OpenAsync(Stream, None)).End.Epoch;
        return await _log.ReadAsync(Stream, new StreamCursor(after, epoch), ReadLimit.Default, ReadLane.Live, None);
    }
}
