using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>
/// Follows one terminal for all its viewers of this worker: knows its bounds, cuts live output into batches while a
/// viewer with credit waits for it, and wakes those who wait. One loop does all of that; viewers look into what it
/// made.
/// </summary>
internal sealed class TerminalTail : IAsyncDisposable
{
    /// <summary>Bytes of one live read: whole chunks of up to 32 KiB, so that at least one full batch comes if there is
    /// one.</summary>
    private const int LiveReadBytes = 2 * TerminalBatch.BytesMax;

    private readonly TerminalKey _terminal;
    private readonly TailServices _services;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _signal = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TerminalWindow _window = new();
    private readonly TerminalHistory _history;
    private readonly TerminalCutter _cutter;
    private readonly CutPace _pace;
    private readonly WakeTimer _wake;
    private readonly ReaderReport<TerminalCursor> _report;
    private readonly Task _loop;
    private ImmutableHashSet<TerminalSubscription> _viewers = [];
    private TerminalKnown _known = TerminalKnown.Nothing;

    // Whether there may be more than is known.
    private volatile bool _isStale = true;

    public TerminalTail(TerminalKey terminal, TailServices services)
    {
        _terminal = terminal;
        _services = services;
        _history = new TerminalHistory(
            terminal, services.TerminalReads, services.Terminals, _window, services.TerminalMetrics);
        _cutter = new TerminalCutter(terminal, services.Terminals);
        _pace = new CutPace(services.Clock);
        _wake = new WakeTimer(_signal, services.Clock);
        _report = new((known, stopping) => services.ReportAsync(terminal, known, stopping), services.Reports, _signal);
        _loop = RunAsync(_stopping.Token);
    }

    public TerminalKey Terminal => _terminal;

    /// <summary>Completes when the terminal has been looked at for the first time.</summary>
    public Task Opened => _opened.Task;

    public TerminalKnown Known => Volatile.Read(ref _known);

    /// <summary>What of the terminal is retained, as last seen; null if there is no such terminal.</summary>
    public TerminalBounds? Bounds => Known.Bounds;

    public void Watch(TerminalSubscription viewer) =>
        ImmutableInterlocked.Update(ref _viewers, static (set, item) => set.Add(item), viewer);

    public void Unwatch(TerminalSubscription viewer) =>
        ImmutableInterlocked.Update(ref _viewers, static (set, item) => set.Remove(item), viewer);

    /// <summary>The batch that holds what comes next at a position, if it is in memory.</summary>
    public TerminalBatch? Find(TerminalCursor position) => _window.Find(position)
        ?? (Known.Trailing is { } trailing && trailing.Holds(position) ? trailing : null);

    /// <summary>Reads history from a position on, no more than there is credit for (rounded up to a block).</summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public Task<TerminalFetch> ReadHistoryAsync(TerminalCursor from, int credit)
    {
        // What is read ahead must still be in memory when its turn comes, although all viewers read somewhere else.
        int room = _services.TerminalOptions.RecentBytesMax / (4 * TerminalCutter.BlockBytes)
            / Math.Max(1, Volatile.Read(ref _viewers).Count);
        int blocks = Math.Clamp(Math.Min(credit / TerminalCutter.BlockBytes, room), 1, 7);
        return _history.ReadAsync(from, Bounds?.Start ?? 0, blocks);
    }

    /// <summary>Asks the log what became of a position; where it does not stand, a safe point is what
    /// follows.</summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public Task<TerminalRead?> AskAsync(TerminalCursor position) =>
        new SafeReads(_services.Log).ReadAsync(_terminal, position, 1, ReadLane.Bulk, CancellationToken.None);

    /// <summary>Has the tail look again: a viewer knows better.</summary>
    public void Refresh()
    {
        _isStale = true;
        _signal.Raise();
    }

    /// <summary>
    /// A viewer that has credit waits for the byte at its position, which is live. Returns false if it need not,
    /// because something changed since it looked.
    /// </summary>
    public bool TryPark(TerminalSubscription viewer, TerminalKnown seen)
    {
        viewer.ParkedAt = viewer.Position.Offset;
        if (!ReferenceEquals(Known, seen))
        {
            viewer.ParkedAt = TerminalSubscription.NotParked;
            return false;
        }

        if (seen.HasMore(viewer.Position))
        {
            _signal.Raise();
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _signal.Raise();
        await _loop;
        _wake.Dispose();
        _services.Terminals.Begin(_window, default);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var bell = new Doorbell(stopping => _services.Log.ListenTerminalAsync(_terminal, Refresh, stopping));
        using LogWatch.Reporter watch = _services.Watch.CreateReporter();
        int failures = 0;
        using ITimer poll = _services.Clock.CreateTimer(
            static tail => ((TerminalTail)tail!).Refresh(), this, _services.Options.PollInterval,
            _services.Options.PollInterval);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                bell.Listen(stopping);
                bool isLooked = await LookAsync(stopping);
                failures = 0;
                if (isLooked)
                {
                    watch.Succeeded();
                }
                else
                {
                    Report(stopping);
                    await _signal.WaitAsync();
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // Nothing may end this loop but stopping: viewers would wait for ever.
                _isStale = true;
                watch.Failed(exception);
                await Task.Delay(_services.RetryDelay(failures++), _services.Clock, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await bell.DisposeAsync();
    }

    // What is known here, not what viewers took: a slow viewer never slows a producer.
    private void Report(CancellationToken stopping)
    {
        if (Bounds is { } bounds)
        {
            _report.Tell(new TerminalCursor(bounds.End, bounds.Epoch), stopping);
        }
    }

    /// <summary>Asks the log once, if there is something to ask now; false if the loop may wait.</summary>
    private async Task<bool> LookAsync(CancellationToken stopping)
    {
        bool isStale = _isStale;
        TerminalKnown known = Known;
        long wanted = known.Bounds is null ? -1 : Wanted(known.Cut);
        long from = wanted < 0 ? -1 : known.CutFrom(wanted);
        int records = from == known.Cut ? known.Trailing?.Record ?? 0 : 0;
        var cursor = new TerminalCursor(from, known.Bounds?.Epoch ?? default, records);
        long waiting = from < 0 || !known.HasMore(cursor) ? 0 : Math.Max(1, known.Bounds!.Value.End - from);
        _pace.Interval = _services.TerminalOptions.IntervalFor(Volatile.Read(ref _viewers).Count);
        CutStep step = _pace.Next(isStale, from >= 0, waiting);
        switch (step)
        {
            case CutStep.Look:
                _isStale = false;
                TerminalBounds? bounds = await _services.Log.FindTerminalAsync(_terminal, stopping);
                _pace.Looked();
                bool isSame = bounds?.Epoch == known.Bounds?.Epoch;
                Learn(new TerminalKnown(bounds, isSame ? known.Cut : -1, isSame ? known.Trailing : null));
                return true;
            case CutStep.CutAll or CutStep.CutWhole:
                _isStale = false;
                await CutAsync(cursor, known.Trailing, step == CutStep.CutWhole, stopping);
                return true;
            default:
                if (_pace.WaitsUntil is { } due && !_wake.MustWait(due))
                {
                    return true;
                }

                return false;
        }
    }

    private async Task CutAsync(
        TerminalCursor from, TerminalBatch? trailing, bool wholeOnly, CancellationToken stopping)
    {
        TerminalRead? read = await _services.Log.ReadTerminalAsync(
            _terminal, from, LiveReadBytes, ReadLane.Bulk, stopping);
        _pace.Looked();
        if (read is not { Outcome: ReadOutcome.Whole })
        {
            Learn(new TerminalKnown(read?.Bounds, -1, null));
            return;
        }

        List<TerminalBatch> batches = _cutter.Cut(
            from.Epoch, [.. TerminalCutter.Before(from, trailing, read.Chunks), .. read.Chunks],
            long.MaxValue, atBlocks: false);
        _services.TerminalMetrics.Read(isLive: true, read.Chunks.Sum(static chunk => (long)chunk.Data.Length));

        // Only the last one can still grow: where one before it ends, another stream or size begins.
        if (wholeOnly && batches.Count > 1 && batches[^1].Length < TerminalBatch.BytesMax)
        {
            batches.RemoveAt(batches.Count - 1);
        }

        TerminalBatch? last = batches.Count > 0 ? batches[^1] : null;
        foreach (TerminalBatch batch in batches.Where(static batch => batch.Length > 0))
        {
            _services.Terminals.Hold(_window, batch);
        }

        if (last is not null)
        {
            _pace.Cut();
            _services.TerminalMetrics.Cut(isLive: true, batches.Count);
        }

        Learn(new TerminalKnown(
            read.Bounds, last?.End ?? from.Offset,
            last is { Length: 0 } ? last : last is null && from.Records > 0 ? trailing : null));
    }

    // The lowest offset that a viewer waits for; -1 if none does. Who waits at an earlier one than was cut is about to
    // see that.
    private long Wanted(long cut)
    {
        long wanted = -1;
        foreach (TerminalSubscription viewer in Volatile.Read(ref _viewers))
        {
            long offset = viewer.ParkedAt;
            if (offset >= 0 && offset >= cut && (wanted < 0 || offset < wanted))
            {
                wanted = offset;
            }
        }

        return wanted;
    }

    private void Learn(TerminalKnown known)
    {
        TerminalKnown before = Known;
        if (known.Bounds?.Epoch != before.Bounds?.Epoch)
        {
            _services.Terminals.Begin(_window, known.Bounds?.Epoch ?? default);
        }

        if (before == known)
        {
            _opened.TrySetResult();
            return;
        }

        Volatile.Write(ref _known, known);
        Interlocked.MemoryBarrier();
        _opened.TrySetResult();

        // More bytes alone are nothing to who waits for them to be cut.
        bool isMore = before.Cut == known.Cut && before.Trailing == known.Trailing
            && before.Bounds?.Epoch == known.Bounds?.Epoch && before.Bounds?.ExitCode == known.Bounds?.ExitCode;
        foreach (TerminalSubscription viewer in Volatile.Read(ref _viewers))
        {
            if (!isMore || known.Concerns(viewer.ParkedAt))
            {
                viewer.Unpark();
            }
        }
    }
}
