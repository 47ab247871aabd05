using System.Text.Json;
using Realtime.Log.Tickets;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Tickets in Redis, each under a key of its own, in any slot: whoever redeems one knows no tenant. How many a tenant
/// has stands elsewhere; what is counted and never kept, or taken and never uncounted, goes with its time.
/// </summary>
internal sealed class RedisTickets(RedisConnection live) : ITicketStore
{
    public async Task<bool> TryAddAsync(
        string hash, TicketRecord record, TimeSpan lifetime, int outstandingMax, CancellationToken cancellationToken)
    {
        long lifetimeMs = Math.Max(1, (long)lifetime.TotalMilliseconds);
        RedisResult admitted = await live.EvaluateAsync(
            RedisScript.TicketAdmit, [RedisKeys.TicketsOf(record.Tenant)], [hash, lifetimeMs, outstandingMax], 0,
            cancellationToken);
        if ((int)admitted == 0)
        {
            return false;
        }

        await live.EvaluateAsync(
            RedisScript.TicketAdd,
            [RedisKeys.Ticket(hash)],
            [(long)record.TokenLeft.TotalMilliseconds, lifetimeMs, Write(record)],
            0,
            cancellationToken);
        return true;
    }

    public async Task<TicketRecord?> TakeAsync(string hash, CancellationToken cancellationToken)
    {
        RedisResult taken = await live.EvaluateAsync(
            RedisScript.TicketTake, [RedisKeys.Ticket(hash)], [], 0, cancellationToken);
        if (taken.IsNull || (RedisResult[])taken is not [{ } left, { } text] || Read((string)text) is not { } record)
        {
            return null;
        }

        await UncountAsync(record.Tenant, hash, cancellationToken);
        return record with { TokenLeft = TimeSpan.FromMilliseconds((long)left) };
    }

    private async Task UncountAsync(string tenant, string hash, CancellationToken cancellationToken)
    {
        try
        {
            await live.RunAsync(
                redis => redis.GetDatabase().SortedSetRemoveAsync(RedisKeys.TicketsOf(tenant), hash), 0,
                cancellationToken);
        }
        catch (LogUnavailableException)
        {
            // It counts until its time is over.
        }
    }

    private static string Write(TicketRecord record) => JsonSerializer.Serialize(
        new Dictionary<string, string?>
        {
            ["t"] = record.Tenant,
            ["s"] = record.Subject,
            ["g"] = record.Scope,
            ["j"] = record.TokenId,
            ["a"] = record.IssuedAt?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["o"] = record.Origin,
        });

    // What another version may have written differently opens nothing.
    private static TicketRecord? Read(string text)
    {
        try
        {
            Dictionary<string, string?>? fields = JsonSerializer.Deserialize<Dictionary<string, string?>>(text);
            return fields is not null
                && fields.GetValueOrDefault("t") is { } tenant
                && fields.GetValueOrDefault("s") is { } subject
                && fields.GetValueOrDefault("g") is { } scope
                ? new TicketRecord
                {
                    Tenant = tenant,
                    Subject = subject,
                    Scope = scope,
                    TokenId = fields.GetValueOrDefault("j"),
                    IssuedAt = long.TryParse(fields.GetValueOrDefault("a"), out long issuedAt) ? issuedAt : null,
                    Origin = fields.GetValueOrDefault("o"),
                    TokenLeft = TimeSpan.Zero,
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
