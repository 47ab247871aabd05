using System.Collections.Concurrent;
using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>
/// Follows one terminal for all its viewers of this worker: knows its bounds, wakes viewers when they change, and shares reads
/// among viewers that stand at the same offset.
/// </summary>
internal sealed class TerminalTail : IAsyncDisposable
{
    // Reads of one place under way at once are one; there are at most as many as viewers.
    private readonly ConcurrentDictionary<TerminalCursor, Task<TerminalRead?>> _reads = new();
    private readonly TerminalKey _terminal;
    private readonly TailServices _services;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _signal = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReaderReport<TerminalCursor> _report;
    private readonly Task _loop;
    private ImmutableHashSet<TerminalSubscription> _viewers = [];
    private Known _known = new(null);

    public TerminalTail(TerminalKey terminal, TailServices services)
    {
        _terminal = terminal;
        _services = services;
        _report = new((known, stopping) => services.ReportAsync(terminal, known, stopping), services, _signal);
        _loop = RunAsync(_stopping.Token);
    }

    private sealed record Known(TerminalBounds? Bounds);

    public TerminalKey Terminal => _terminal;

    /// <summary>Completes when the terminal has been looked at for the first time.</summary>
    public Task Opened => _opened.Task;

    /// <summary>What of the terminal is retained, as last seen; null if there is no such terminal.</summary>
    public TerminalBounds? Bounds => Volatile.Read(ref _known).Bounds;

    /// <summary>Has a viewer woken when there is more.</summary>
    public void Watch(TerminalSubscription viewer) =>
        ImmutableInterlocked.Update(ref _viewers, static (set, item) => set.Add(item), viewer);

    public void Unwatch(TerminalSubscription viewer) =>
        ImmutableInterlocked.Update(ref _viewers, static (set, item) => set.Remove(item), viewer);

    /// <summary>
    /// Reads one batch from an offset, together with all viewers that want the same now. After a gap it begins at a safe point.
    /// </summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public async Task<TerminalRead?> ReadAsync(TerminalCursor from, int bytesMax)
    {
        Task<TerminalRead?> read = _reads.GetOrAdd(
            from,
            static (place, arguments) => new SafeReads(arguments.Tail._services.Log).ReadAsync(
                arguments.Tail._terminal, place, arguments.BytesMax, ReadLane.Bulk, CancellationToken.None),
            (Tail: this, BytesMax: bytesMax));
        try
        {
            return await read;
        }
        finally
        {
            _reads.TryRemove(new KeyValuePair<TerminalCursor, Task<TerminalRead?>>(from, read));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _signal.Raise();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var bell = new Doorbell(stopping => _services.Log.ListenTerminalAsync(_terminal, _signal.Raise, stopping));
        using LogWatch.Reporter watch = _services.Watch.CreateReporter();
        int failures = 0;
        using ITimer poll = _services.Clock.CreateTimer(
            static signal => ((Signal)signal!).Raise(), _signal, _services.Options.PollInterval, _services.Options.PollInterval);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                bell.Listen(stopping);
                Learn(await _services.Log.FindTerminalAsync(_terminal, stopping));
                failures = 0;
                watch.Succeeded();
                if (Bounds is { } bounds)
                {
                    // What is known here, not what viewers took: a slow viewer never slows a producer.
                    _report.Tell(new TerminalCursor(bounds.End, bounds.Epoch), stopping);
                }

                await _signal.WaitAsync();
            }
            catch (LogUnavailableException exception)
            {
                watch.Failed(exception.Reason);
                await Task.Delay(_services.RetryDelay(failures++), _services.Clock, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
        }

        _report.Dispose();
        await bell.DisposeAsync();
    }

    private void Learn(TerminalBounds? bounds)
    {
        bool changed = Bounds != bounds;
        Volatile.Write(ref _known, new Known(bounds));
        _opened.TrySetResult();
        if (!changed)
        {
            return;
        }

        foreach (TerminalSubscription viewer in Volatile.Read(ref _viewers))
        {
            viewer.Wake();
        }
    }
}
