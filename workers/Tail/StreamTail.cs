using System.Collections.Concurrent;
using System.Globalization;
using Realtime.Log;
using Realtime.Workers.Delivery;
using Realtime.Workers.Routing;

namespace Realtime.Workers.Tail;

/// <summary>
/// Follows one stream for all viewers of this worker: reads each entry once, keeps the recent ones and the latest
/// values, and routes to live feeds. One loop owns all of it; others ask by requests, which it serves between two
/// entries, also while a read is under way, so that a hung log never keeps a viewer of a followed stream waiting.
/// </summary>
internal sealed partial class StreamTail : IAsyncDisposable
{
    // Viewers are woken for so many entries at a time: what they are sent goes out in one write. Few enough for any
    // ring.
    private const int WakeAfter = 16;

    private readonly StreamKey _stream;
    private readonly TailServices _services;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _signal = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Bounded by the feeds: each has at most one hand-over, and its connection one join or leave, waiting.
    private readonly ConcurrentQueue<Action> _requests = new();
    private readonly RoutingTable _routes;
    private readonly LatestValues _latest;
    private readonly ReaderReport<long> _report;
    private readonly Task _loop;

    // Owned by the loop.
    private StreamCursor _cursor;
    private long _nowMs;
    private Task<EventRead>? _read;

    // Entries routed since viewers were woken.
    private int _unwoken;

    private Published _published = new(default);
    private int _rung = 1;

    public StreamTail(StreamKey stream, TailServices services)
    {
        _stream = stream;
        _services = services;
        _routes = new RoutingTable(services.Clock, services.ConflationInterval);
        _latest = new LatestValues(services.StateKeysMax);
        _report = new(
            (offset, stopping) => services.ReportAsync(stream, offset, stopping), services.Reports, _signal,
            (before, now) => now - before < services.ReportStep);
        Recent = new RecentWindow(services.Options.RecentEntriesMax, services.Options.RecentBytesMax);
        _loop = RunAsync(_stopping.Token);
    }

    private sealed record Published(StreamCursor Cursor, long EndOffset = 0);

    public StreamKey Stream => _stream;

    /// <summary>Completes when the stream has been looked at for the first time.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The latest events.</summary>
    public RecentWindow Recent { get; }

    /// <summary>Everything up to here was routed to every live feed. May be read by anyone.</summary>
    public StreamCursor Position => Volatile.Read(ref _published).Cursor;

    /// <summary>How many entries the log was known to hold behind <see cref="Position"/>.</summary>
    public long Lag
    {
        get
        {
            Published known = Volatile.Read(ref _published);
            return Math.Max(0, known.EndOffset - known.Cursor.Entry.Offset);
        }
    }

    /// <summary>Whether a later value of the event's state key exists. May be asked by anyone.</summary>
    public bool IsSuperseded(SharedEvent item) => _latest.IsSuperseded(item);

    /// <summary>Looks at the log now: it was rung, or a reader found what this tail does not know yet.</summary>
    public void Ring()
    {
        Volatile.Write(ref _rung, 1);
        _signal.Raise();
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
        var bell = new Doorbell(stopping => _services.Log.ListenAsync(_stream, Hear, stopping));
        using LogWatch.Reporter watch = _services.Watch.CreateReporter();
        bool isOpen = false;
        int failures = 0;
        using ITimer poll = _services.Clock.CreateTimer(
            static tail => ((StreamTail)tail!).Poll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Write(ref _poll, poll);
        poll.Change(_services.Options.PollInterval, Timeout.InfiniteTimeSpan);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!isOpen)
                {
                    await OpenAsync(stopping);
                    isOpen = true;
                    watch.Succeeded();
                }

                bell.Listen(stopping);
                while (await FollowAsync(watch, stopping))
                {
                    failures = 0;
                    bell.Listen(stopping);
                }

                isOpen = false;
            }
            catch (LogUnavailableException exception)
            {
                watch.Failed(exception.Reason);
                await PauseAsync(_services.RetryDelay(failures++), stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // Nothing may end this loop but stopping: viewers would wait for ever.
                Log.Broken(_services.Logger, _stream.Partition, exception);
                isOpen = false;
                await PauseAsync(_services.RetryDelay(failures++), stopping);
            }
        }

        ServeRequests();
        await bell.DisposeAsync();
    }

    /// <summary>Begins at the stream's end with its latest values. Live feeds read on from where they stood.</summary>
    private async Task OpenAsync(CancellationToken stopping)
    {
        StreamOpening opening = await _services.Log.OpenAsync(_stream, stopping);
        foreach (StreamFeed feed in _routes.Feeds)
        {
            feed.FallBehindAt(_cursor);
        }

        Recent.Clear();
        _latest.Clear();
        foreach (StateValue value in opening.State)
        {
            _latest.Apply(_services.Decoder.Decode(_stream, value.Position, value.Position.Entry, value.Envelope));
        }

        _nowMs = opening.NowMs;
        _cursor = opening.End;
        Volatile.Write(ref _published, new Published(_cursor));
        _opened.TrySetResult();
    }

    /// <summary>One turn: requests, a finished read, another if rung. False if the history is not whole.</summary>
    private async ValueTask<bool> FollowAsync(LogWatch.Reporter watch, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        ServeRequests();
        if (_read is { IsCompleted: true } finished)
        {
            _read = null;
            EventRead read = await finished;
            watch.Succeeded();
            if (read.Outcome != ReadOutcome.Whole)
            {
                await LoseAsync(read, stopping);
                return false;
            }

            _nowMs = read.NowMs;
            _services.Metrics.LogClock(read.NowMs, _services.Clock.GetUtcNow());
            Route(read.Start, read.Entries);
            Volatile.Write(ref _published, new Published(_cursor, read.Last.Offset));
            if (read.Last > _cursor.Entry)
            {
                Ring();
            }
        }

        if (_read is null)
        {
            RouteCarried();
        }

        if (_read is null && Interlocked.Exchange(ref _rung, 0) == 1)
        {
            _poll?.Change(_services.PollDelay(), Timeout.InfiniteTimeSpan);
            _read = _services.Log.ReadAsync(_stream, _cursor, ReadLimit.Default, ReadLane.Live, stopping);
            _read.GetAwaiter().UnsafeOnCompleted(_signal.RaiseHere);
        }

        _report.Tell(_cursor.Entry.Offset, stopping);

        // Last, when the next read is under way: what they do is done on this thread.
        _routes.FlushHere();
        _unwoken = 0;
        await _signal.WaitAsync();
        return true;
    }

    private void Route(StreamCursor start, IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        SharedEvent[] events = _services.Decoder.Decode(_stream, start, entries);
        foreach (SharedEvent item in events)
        {
            if (_unwoken == WakeAfter)
            {
                _routes.Flush();
                _unwoken = 0;
            }

            _unwoken++;
            ServeRequests();
            Recent.Add(item);
            _latest.Apply(item);
            _routes.Route(item);
            _cursor = item.Position;
        }

        _services.Metrics.Read(entries.Count);
        _services.Metrics.Routed(events, _services.Clock.GetUtcNow());
    }

    private async Task LoseAsync(EventRead read, CancellationToken stopping)
    {
        Log.NotWhole(_services.Logger, _stream.Partition, read.Outcome, _cursor.Entry, read.Start.Entry,
            read.Missing?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of");
        _services.Metrics.Lost(read.Outcome);
        _services.Losses.Lost(_stream, read.Outcome, read.Missing);
        if (read.Outcome == ReadOutcome.NotThere)
        {
            await _services.Log.RenewEpochAsync(_stream, _cursor, Recent.Ids(), stopping);
        }
    }

    private async Task PauseAsync(TimeSpan delay, CancellationToken stopping)
    {
        _read = null;
        ForgetCarried();
        Volatile.Write(ref _rung, 0);

        // The timer rings, so that nothing depends on how exactly it keeps its time: it fires but once.
        using ITimer wake = _services.Clock.CreateTimer(
            static tail => ((StreamTail)tail!).Ring(), this, delay, Timeout.InfiniteTimeSpan);
        while (!stopping.IsCancellationRequested && Volatile.Read(ref _rung) == 0 && _carried.IsEmpty)
        {
            await _signal.WaitAsync();
            ServeRequests();
        }

        Volatile.Write(ref _rung, 1);
    }
}
