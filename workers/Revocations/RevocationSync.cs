using System.Collections.Concurrent;
using Realtime.Hosting.Health;
using Realtime.Log;
using Realtime.Log.Revocations;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Revocations;

/// <summary>
/// Keeps this worker's revocations the same as the log's: reads what changed, when it is rung and at intervals, and
/// ends the connections that it concerns. What was ordered here holds at once; while the log is away it waits to be
/// stored. A log that lost its own gets them again from whoever has them.
/// </summary>
internal sealed partial class RevocationSync(
    RevocationSet revocations, RevokedConnections connections, IPartitionedLog log, RevocationOptions options,
    RevocationMetrics metrics, TimeProvider clock, ILogger<RevocationSync> logger)
    : BackgroundService, IReadinessCheck
{
    private const int ChangesMax = 1000;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(2);

    private readonly Signal _signal = new();

    // What is not known to be in the log. Bounded as the set is.
    private readonly ConcurrentDictionary<RevocationKey, Revocation> _unstored = new();

    // Owned by the loop.
    private readonly HashSet<RevocationKey> _seen = [];
    private RevocationPlace _place;
    private bool _isRestarted;
    private bool _isAway;
    private bool _isLogFull;

    // Another worker may store an order and ring before the order itself comes here: its answer counts these too.
    private EndedByNews? _endedByNews;

    /// <inheritdoc/>
    public Readiness Check() =>
        revocations.IsKnown ? Readiness.Ready : Readiness.Unready("revocations have not been read yet");

    /// <summary>Takes an operator's order: it holds here when this returns, whatever the log says.</summary>
    public async Task<RevocationOrder> RevokeAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        if (!revocations.TryAdd(revocation))
        {
            metrics.Changed("full");
            return default;
        }

        int ended = connections.End() + EndedBefore(revocation);
        _unstored[revocation.Key] = revocation;
        try
        {
            if (await log.Revocations.AddAsync(revocation, options.EntriesMax, cancellationToken))
            {
                _unstored.TryRemove(new(revocation.Key, revocation));
                metrics.Changed("order");
                return new RevocationOrder(true, true, ended);
            }
        }
        catch (LogUnavailableException)
        {
            metrics.Changed("log_unavailable");
            return new RevocationOrder(true, false, ended);
        }

        _unstored.TryRemove(new(revocation.Key, revocation));
        revocations.Remove(revocation.Key);
        metrics.Changed("full");
        return new RevocationOrder(false, false, ended);
    }

    /// <summary>Undoes one; false if there is none.</summary>
    /// <exception cref="LogUnavailableException">It stands, since others could not be told.</exception>
    public async Task<bool> UndoAsync(RevocationKey key, CancellationToken cancellationToken)
    {
        bool wasStored = await log.Revocations.RemoveAsync(key, cancellationToken);
        bool wasUnstored = _unstored.TryRemove(key, out _);
        return revocations.Remove(key) || wasStored || wasUnstored;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // So that requests are served from the first on; a log that is away is asked again later.
        using var timeout = new CancellationTokenSource(StartTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await TurnAsync(either.Token);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var bell = new Doorbell(stopping => log.Revocations.ListenAsync(_signal.Raise, stopping));
        using var timer = clock.CreateTimer(
            static signal => ((Signal)signal!).Raise(), _signal, options.PollInterval, options.PollInterval);
        using CancellationTokenRegistration stopped = stoppingToken.Register(_signal.Raise);
        while (!stoppingToken.IsCancellationRequested)
        {
            bell.Listen(stoppingToken);
            await TurnAsync(stoppingToken);
            await _signal.WaitAsync();
        }

        await bell.DisposeAsync();
    }

    private async Task TurnAsync(CancellationToken stopping)
    {
        try
        {
            await ReadAsync(stopping);
            await StoreAsync(stopping);
            revocations.Forget();
            revocations.Known();
            if (_isAway)
            {
                _isAway = false;
                Log.Back(logger, revocations.Count);
            }
        }
        catch (LogUnavailableException unavailable)
        {
            if (!_isAway)
            {
                _isAway = true;
                Log.Away(logger, unavailable.Message);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Nothing may end this loop but stopping: revocations would reach nobody any more.
            Log.Failed(logger, fault);
        }
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        int news = 0;
        Revocation? latest = null;
        RevocationChanges read;
        do
        {
            read = await log.Revocations.ReadAsync(_place, ChangesMax, stopping);
            if (read.IsRestart)
            {
                _seen.Clear();
                _isRestarted = true;
            }

            foreach (RevocationChange change in read.Changes)
            {
                if (Take(change))
                {
                    news++;
                    latest = change.Revocation;
                }
            }

            _place = read.Place;
        }
        while (read.HasMore);

        if (_isRestarted)
        {
            FindLost();
        }

        if (news > 0)
        {
            int ended = connections.End();
            Volatile.Write(
                ref _endedByNews, news == 1 ? new EndedByNews(latest!.Key, latest.RevokedAtMs, ended) : null);
        }
    }

    private int EndedBefore(Revocation order) =>
        Volatile.Read(ref _endedByNews) is { } news && news.Key == order.Key && news.RevokedAtMs == order.RevokedAtMs
            ? news.Connections
            : 0;

    private bool Take(RevocationChange change)
    {
        if (_isRestarted)
        {
            _seen.Add(change.Key);
        }

        if (change.Revocation is { } revocation)
        {
            if (!revocations.TryAdd(revocation))
            {
                metrics.Changed("full");
                Log.Full(logger, options.EntriesMax);
                return false;
            }

            metrics.Changed("log");
            return true;
        }

        // Ordered again here meanwhile: then that is the latest.
        if (!_unstored.ContainsKey(change.Key))
        {
            revocations.Remove(change.Key);
        }

        return false;
    }

    /// <summary>What is known here and not in the log, after that was read from its beginning.</summary>
    private void FindLost()
    {
        _isRestarted = false;
        foreach (Revocation revocation in revocations.All)
        {
            if (!_seen.Contains(revocation.Key))
            {
                _unstored.TryAdd(revocation.Key, revocation);
            }
        }

        _seen.Clear();
        _seen.TrimExcess();
    }

    private async Task StoreAsync(CancellationToken stopping)
    {
        foreach ((RevocationKey key, Revocation revocation) in _unstored)
        {
            if (!await log.Revocations.AddAsync(revocation, options.EntriesMax, stopping))
            {
                TellLogFull();
                return;
            }

            _unstored.TryRemove(new(key, revocation));
        }

        _isLogFull = false;
    }

    // Once: it is tried again at each turn.
    private void TellLogFull()
    {
        if (!_isLogFull)
        {
            _isLogFull = true;
            metrics.Changed("full");
            Log.NotStored(logger, options.EntriesMax, _unstored.Count);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Revocations can't be read from the log: {Cause} Those that are known hold; new ones hold on workers that "
            + "were reached, and everywhere once it is back.")]
        public static partial void Away(ILogger logger, string cause);

        [LoggerMessage(2, LogLevel.Information, "Revocations are read again; {Count} are in force.")]
        public static partial void Back(ILogger logger, int count);

        [LoggerMessage(3, LogLevel.Error, "Revocations could not be read in a way that is not foreseen.")]
        public static partial void Failed(ILogger logger, Exception fault);

        [LoggerMessage(4, LogLevel.Error,
            "There are more revocations than {Max}, and one does not hold on this worker. Raise "
            + "connection_plane:revocations:entries on all workers.")]
        public static partial void Full(ILogger logger, int max);

        [LoggerMessage(5, LogLevel.Error,
            "The log holds {Max} revocations and takes no more: {Count} hold only on the workers that were told by an "
            + "operator. Undo some, or raise connection_plane:revocations:entries on all workers.")]
        public static partial void NotStored(ILogger logger, int max, int count);
    }

    private sealed record EndedByNews(RevocationKey Key, long RevokedAtMs, int Connections);
}
