using Realtime.Log.Budgets;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>What tenants use, in Redis, by Redis' own clock. One call each.</summary>
internal sealed class RedisBudgets(RedisConnection live) : ITenantBudgets
{
    private const long KeptMs = 60_000;

    // Subjects told by one call, so that no script runs long.
    private const int SubjectsMax = 1_000;

    public async Task<BudgetWait> SettleAsync(
        string? tenant, BudgetUse use, BudgetRates rates, CancellationToken cancellationToken)
    {
        var waits = (RedisResult[])await live.EvaluateAsync(
            RedisScript.BudgetSettle,
            [RedisKeys.BudgetOf(tenant)],
            [use.Events, use.Bytes, rates.EventsPerSecond, rates.BytesPerSecond, KeptMs],
            0,
            cancellationToken);
        return new BudgetWait(
            TimeSpan.FromMilliseconds((long)waits[0]), TimeSpan.FromMilliseconds((long)waits[1]));
    }

    public async Task<PlaceAnswer> EnterAsync(
        PlaceHolder holder, PlaceCount own, PlaceLimits limits, CancellationToken cancellationToken)
    {
        var reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.PlaceEnter,
            RedisKeys.PlacesOf(holder.Tenant),
            [
                holder.Worker, own.Subject, own.Total, own.OfSubject, limits.OfTenant, limits.OfSubject,
                (long)holder.Lease.TotalMilliseconds,
            ],
            0,
            cancellationToken);
        return new PlaceAnswer((PlaceRefusal)(int)reply[0], (int)reply[1]);
    }

    public async Task<bool> ReportAsync(
        PlaceHolder holder, int total, IReadOnlyCollection<KeyValuePair<string, int>> subjects,
        CancellationToken cancellationToken)
    {
        bool wasKnown = true;
        bool isFirst = true;
        foreach (KeyValuePair<string, int>[] part in subjects.Count == 0 ? [[]] : subjects.Chunk(SubjectsMax))
        {
            RedisValue[] values =
            [
                holder.Worker, total, (long)holder.Lease.TotalMilliseconds,
                .. part.SelectMany(one => new RedisValue[] { one.Key, one.Value }),
            ];
            RedisResult known = await live.EvaluateAsync(
                RedisScript.PlaceReport, RedisKeys.PlacesOf(holder.Tenant), values, 0, cancellationToken);
            wasKnown = isFirst ? (int)known == 1 : wasKnown;
            isFirst = false;
        }

        return wasKnown;
    }
}
