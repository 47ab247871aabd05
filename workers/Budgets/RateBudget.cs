using Realtime.Log;
using Realtime.Log.Budgets;

namespace Realtime.Workers.Budgets;

/// <summary>
/// This worker's part of one budget. It lets a slice's worth through by its own count and tells the log behind that,
/// one call at a time; nobody waits for it but who would go beyond the slice. While the log knows of no room all are
/// refused, and told until when.
/// </summary>
/// <remarks>
/// Let through and not yet told is at most a slice's worth and one batch. So all workers together let through, in any
/// time t, at most rate x (t + 1 s) + workers x (rate x 100 ms + a batch).
/// </remarks>
internal sealed class RateBudget(
    ITenantBudgets store, string? tenant, BudgetRates rates, BudgetMetrics metrics, TimeProvider clock)
{
    // Others may be as fast each time; then it is tried again a slice later.
    private const int AttemptsMax = 3;

    private readonly Lock _gate = new();
    private readonly double _eventsOfSlice = rates.EventsPerSecond * BudgetOptions.Slice.TotalSeconds;
    private readonly double _bytesOfSlice = rates.BytesPerSecond * BudgetOptions.Slice.TotalSeconds;
    private BudgetUse _untold;
    private BudgetUse _beingTold;
    private Task? _telling;
    private long _toldAt = clock.GetTimestamp();
    private long _closedUntil = long.MinValue;
    private bool _isClosedByBytes;

    /// <summary>How long ago it was used last, or told.</summary>
    public TimeSpan Idle => clock.GetElapsedTime(Volatile.Read(ref _toldAt));

    /// <summary>Whether it was refused last because of bytes; else because of events.</summary>
    public bool IsClosedByBytes => Volatile.Read(ref _isClosedByBytes);

    /// <summary>Lets so much through, which is zero, or says how long it has to wait.</summary>
    public async ValueTask<TimeSpan> TakeAsync(BudgetUse use, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (TryTake(use, out TimeSpan wait, out Task? telling))
            {
                return wait;
            }

            await telling.WaitAsync(cancellationToken);
        }

        return BudgetOptions.Slice;
    }

    /// <summary>What was let through did not happen after all.</summary>
    public void GiveBack(BudgetUse use)
    {
        lock (_gate)
        {
            _untold = new BudgetUse(_untold.Events - use.Events, _untold.Bytes - use.Bytes);
        }
    }

    /// <summary>Ends when nothing is being told any more.</summary>
    public Task EndAsync() => Volatile.Read(ref _telling) ?? Task.CompletedTask;

    // False: the slice is used up; what is told now may make room.
    private bool TryTake(
        BudgetUse use, out TimeSpan wait, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Task? telling)
    {
        telling = null;
        wait = TimeSpan.Zero;
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (now < _closedUntil)
            {
                wait = clock.GetElapsedTime(now, _closedUntil);
                return true;
            }

            double events = _untold.Events + _beingTold.Events;
            double bytes = _untold.Bytes + _beingTold.Bytes;
            if (events >= _eventsOfSlice || bytes >= _bytesOfSlice)
            {
                telling = _telling ??= TellAsync();
                return false;
            }

            _untold = new BudgetUse(_untold.Events + use.Events, _untold.Bytes + use.Bytes);
            if (_telling is null
                && (clock.GetElapsedTime(_toldAt, now) >= BudgetOptions.Slice
                    || _untold.Events >= _eventsOfSlice / 2 || _untold.Bytes >= _bytesOfSlice / 2))
            {
                _telling = TellAsync();
            }

            return true;
        }
    }

    // Begun with the gate held; goes on without it.
    private async Task TellAsync()
    {
        _beingTold = _untold;
        _untold = default;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        BudgetWait wait = default;
        try
        {
            wait = await store.SettleAsync(tenant, _beingTold, rates, CancellationToken.None);
            metrics.Settled();
        }
        catch (LogUnavailableException)
        {
            // The append will say so itself.
            metrics.Unknown();
        }
        finally
        {
            lock (_gate)
            {
                _beingTold = default;
                _telling = null;
                long now = clock.GetTimestamp();
                Volatile.Write(ref _toldAt, now);
                if (wait.Longest > TimeSpan.Zero)
                {
                    _isClosedByBytes = wait.Bytes > wait.Events;
                    _closedUntil = now + (long)(wait.Longest.TotalSeconds * clock.TimestampFrequency);
                }
            }
        }
    }
}
