using Realtime.Log.Budgets;

namespace Realtime.Log.Memory;

/// <summary>What tenants use, of one process; workers in it share it as they would share Redis.</summary>
internal sealed class MemoryBudgets(TimeProvider time) : ITenantBudgets
{
    // Tenants that used nothing for long are forgotten once there are so many.
    private const int BucketsMax = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Held>> _places = new(StringComparer.Ordinal);

    private readonly record struct Bucket(double Events, double Bytes, DateTimeOffset At);

    private sealed class Held
    {
        public DateTimeOffset Until { get; set; }

        public int Total { get; set; }

        public Dictionary<string, int> Subjects { get; } = new(StringComparer.Ordinal);
    }

    public Task<BudgetWait> SettleAsync(
        string? tenant, BudgetUse use, BudgetRates rates, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            Bucket kept = _buckets.GetValueOrDefault(tenant ?? "", new Bucket(0, 0, now));
            double past = Math.Max(0, (now - kept.At).TotalSeconds);
            double events = Math.Max(0, kept.Events - (rates.EventsPerSecond * past)) + use.Events;
            double bytes = Math.Max(0, kept.Bytes - (rates.BytesPerSecond * past)) + use.Bytes;
            _buckets[tenant ?? ""] = new Bucket(events, bytes, now);
            Forget(now);
            return Task.FromResult(new BudgetWait(
                WaitOf(events, rates.EventsPerSecond), WaitOf(bytes, rates.BytesPerSecond)));
        }
    }

    public Task<PlaceAnswer> EnterAsync(
        PlaceHolder holder, PlaceCount own, PlaceLimits limits, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Dictionary<string, Held> workers = LivingOf(holder.Tenant);
            Held[] others = [.. workers.Where(one => one.Key != holder.Worker).Select(one => one.Value)];
            PlaceRefusal refusal = own.Total + others.Sum(one => one.Total) > limits.OfTenant ? PlaceRefusal.Tenant
                : own.OfSubject + others.Sum(one => one.Subjects.GetValueOrDefault(own.Subject)) > limits.OfSubject
                    ? PlaceRefusal.Subject
                    : PlaceRefusal.None;
            if (refusal == PlaceRefusal.None)
            {
                Held held = Renew(workers, holder, own.Total);
                held.Subjects[own.Subject] = own.OfSubject;
            }

            return Task.FromResult(new PlaceAnswer(refusal, others.Length + 1));
        }
    }

    public Task<bool> ReportAsync(
        PlaceHolder holder, int total, IReadOnlyCollection<KeyValuePair<string, int>> subjects,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Dictionary<string, Held> workers = LivingOf(holder.Tenant);
            bool wasKnown = workers.ContainsKey(holder.Worker);
            if (total == 0)
            {
                workers.Remove(holder.Worker);
                if (workers.Count == 0)
                {
                    _places.Remove(holder.Tenant);
                }

                return Task.FromResult(true);
            }

            Held held = Renew(workers, holder, total);
            foreach ((string subject, int count) in subjects)
            {
                if (count == 0)
                {
                    held.Subjects.Remove(subject);
                }
                else
                {
                    held.Subjects[subject] = count;
                }
            }

            return Task.FromResult(wasKnown);
        }
    }

    private static TimeSpan WaitOf(double missing, long rate) =>
        TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((missing - rate) * 1000 / rate)));

    private void Forget(DateTimeOffset now)
    {
        if (_buckets.Count <= BucketsMax)
        {
            return;
        }

        foreach (string tenant in _buckets.Where(one => now - one.Value.At > KeptFor).Select(one => one.Key).ToArray())
        {
            _buckets.Remove(tenant);
        }
    }

    private Dictionary<string, Held> LivingOf(string tenant)
    {
        if (!_places.TryGetValue(tenant, out Dictionary<string, Held>? workers))
        {
            _places.Add(tenant, workers = new Dictionary<string, Held>(StringComparer.Ordinal));
        }

        DateTimeOffset now = time.GetUtcNow();
        foreach (string dead in workers.Where(one => one.Value.Until <= now).Select(one => one.Key).ToArray())
        {
            workers.Remove(dead);
        }

        return workers;
    }

    private Held Renew(Dictionary<string, Held> workers, PlaceHolder holder, int total)
    {
        if (!workers.TryGetValue(holder.Worker, out Held? held))
        {
            workers.Add(holder.Worker, held = new Held());
        }

        held.Until = time.GetUtcNow() + holder.Lease;
        held.Total = total;
        return held;
    }
}
