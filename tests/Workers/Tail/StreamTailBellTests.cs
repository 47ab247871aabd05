using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>A tail whose bell brings events along: when they are believed, and when it reads.</summary>
#pragma warning disable CA1001 // xunit disposes of it, by IAsyncLifetime.
public sealed class StreamTailBellTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly StreamKey Stream = new("acme", 0);
    private static readonly byte[] Envelope = Encode();

    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MemoryLog _memory = new(new LogOptions(), TimeProvider.System, NullLogger<MemoryLog>.Instance);
    private readonly FaultyLog _log;
    private StreamTail _tail = null!;
    private StreamCursor _end;
    private int _reads;

    public StreamTailBellTests() => _log = new FaultyLog(_memory)
    {
        OnRead = _ =>
        {
            Interlocked.Increment(ref _reads);
            return null;
        },
        IsBellSilent = true,
    };

    public async Task InitializeAsync()
    {
        await AppendAsync();
        _end = await EndAsync();
        _tail = new StreamTail(Stream, Services());

        // It was not told what happened since it was opened, so its first turn reads.
        await Eventually.TrueAsync("it has looked", () => Volatile.Read(ref _reads) == 2 && _log.Bell is not null);
        Volatile.Write(ref _reads, 0);
    }

    public async Task DisposeAsync()
    {
        await _tail.DisposeAsync();
        await _memory.DisposeAsync();
        await _metrics.DisposeAsync();
    }

    [Fact]
    public async Task What_follows_exactly_is_taken_without_a_read()
    {
        CarriedEvents one = Carried(_end, ms: _end.Entry.Ms + 5, count: 2);
        Ring(one);
        Ring(Carried(one.After, ms: _end.Entry.Ms + 5, count: 1));

        await StandsAsync(_end.Entry.Offset + 3);
        Assert.Equal(0, Volatile.Read(ref _reads));
        Assert.Equal(_end.Entry.Ms + 5, _tail.Position.Entry.Ms);
        Assert.Equal(one.After, _tail.Recent.Find(_end.Entry.Offset + 2, _end.Epoch)!.Position);
    }

    [Fact]
    public async Task What_it_knows_already_is_passed_over_without_a_read()
    {
        CarriedEvents one = Carried(_end, ms: _end.Entry.Ms + 5, count: 2);
        Ring(one);
        Ring(one);
        Ring(Carried(one.After, ms: _end.Entry.Ms + 6, count: 1));

        await StandsAsync(_end.Entry.Offset + 3);
        Assert.Equal(0, Volatile.Read(ref _reads));
    }

    [Fact]
    public async Task After_a_hole_it_reads()
    {
        await AppendAsync();
        StreamCursor missed = await EndAsync();
        await AppendAsync();
        Ring(Carried(missed, ms: missed.Entry.Ms, count: 1));

        await StandsAsync(_end.Entry.Offset + 2);
        Assert.True(Volatile.Read(ref _reads) > 0);
        Assert.Equal(await EndAsync(), _tail.Position);
    }

    [Theory]
    [InlineData("another life", 0, true)]
    [InlineData("another entry at the same place", 1, false)]
    public async Task What_follows_another_history_is_not_taken(string why, long msLater, bool isOtherEpoch)
    {
        StreamCursor other = new(
            _end.Entry with { Ms = _end.Entry.Ms + msLater }, isOtherEpoch ? Epoch.Create() : _end.Epoch);
        Ring(Carried(other, ms: _end.Entry.Ms + 5, count: 1));

        await Eventually.TrueAsync(why, () => Volatile.Read(ref _reads) > 0);
        Assert.Equal(_end, _tail.Position);
    }

    [Fact]
    public async Task A_place_that_it_had_other_events_at_makes_it_read()
    {
        // The log went back to before what this tail has, and was appended to again.
        Ring(Carried(_end, ms: _end.Entry.Ms + 5, count: 2));
        await StandsAsync(_end.Entry.Offset + 2);
        Ring(Carried(_end, ms: _end.Entry.Ms + 7, count: 1));

        await Eventually.TrueAsync("it reads", () => Volatile.Read(ref _reads) > 0);
    }

    private static CarriedEvents Carried(StreamCursor before, long ms, int count) => new(
        before,
        [.. Enumerable.Range(1, count).Select(i => new LogEntry(
            new EntryId(ms, before.Entry.Offset + i), Envelope))]);

    private void Ring(CarriedEvents events) => _log.Bell!(events);

    private Task StandsAsync(long offset) => Eventually.TrueAsync(
        $"it stands at {offset}", () => _tail.Position.Entry.Offset == offset);

    private async Task AppendAsync() => await _memory.AppendAsync(
        Stream, [new EventAppend { Envelope = Envelope }], CancellationToken.None);

    private async Task<StreamCursor> EndAsync() => (await _memory.OpenAsync(Stream, CancellationToken.None)).End;

    private static byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        EnvelopeCodec.Write(buffer, NumberedEvents.Numbered(1));
        return buffer.WrittenSpan.ToArray();
    }

    private TailServices Services()
    {
        IMeterFactory meters = _metrics.GetRequiredService<IMeterFactory>();
        var terminalMetrics = new TerminalMetrics(meters);

        // Nothing reads but who was told to: no poll comes in the way.
        var options = new TailOptions { PollInterval = TimeSpan.FromMinutes(1) };
        return new TailServices
        {
            Log = _log,
            Options = options,
            Decoder = new EventDecoder(TimeProvider.System, NullLogger<EventDecoder>.Instance),
            Watch = new LogWatch(NullLogger<LogWatch>.Instance),
            Metrics = new TailMetrics(meters),
            Reports = new ReportBeat(options, TimeProvider.System),
            Losses = new LossNotices(TimeProvider.System, NullLogger<LossNotices>.Instance),
            TerminalOptions = new TerminalTailOptions(),
            Terminals = new TerminalMemory(new TerminalTailOptions(), terminalMetrics),
            TerminalMetrics = terminalMetrics,
            TerminalReads = new TerminalReads(_log, new TerminalTailOptions(), terminalMetrics),
            Clock = TimeProvider.System,
            Logger = NullLogger.Instance,
            ReaderId = "w1",
            StateKeysMax = 16,
            StateRetention = TimeSpan.FromHours(1),
            ConflationInterval = TimeSpan.FromMilliseconds(100),
        };
    }
}
