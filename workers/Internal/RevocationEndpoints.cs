using System.Text.Json;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Log.Revocations;
using Realtime.Protocol.Messages;
using Realtime.Workers.Queries;
using Realtime.Workers.Revocations;

namespace Realtime.Workers.Internal;

/// <summary><c>/internal/revocations</c>: tokens that are not to be accepted any more.</summary>
internal sealed class RevocationEndpoints(
    RevocationSync sync, RevocationSet revocations, RevocationOptions options, TimeProvider clock)
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1000;
    private const int IdLengthMax = 512;

    /// <summary>Revokes: it holds on this worker when it is answered.</summary>
    public async Task RevokeAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        RevocationKey key = ReadKey(query);
        string reason = ReadText(query, "reason", Revocation.ReasonLengthMax) ?? string.Empty;
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        long at = query.ReadNumber("at", 0, long.MaxValue / 4) ?? now;
        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        var revocation = new Revocation
        {
            Key = key,
            RevokedAtMs = at,
            UntilMs = at + (long)options.Lifetime.TotalMilliseconds,
            Reason = reason,
        };

        // Not the edge's to break off: others may have done it already.
        RevocationOrder order = await sync.RevokeAsync(revocation, CancellationToken.None);
        if (!order.IsTaken)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status507InsufficientStorage, ErrorCodes.TooMany,
                $"There are {options.EntriesMax} revocations, which is the limit. Undo some, revoke a whole tenant or "
                + $"subject instead of tokens, or raise {RevocationOptions.Section}:entries on all workers.");
            return;
        }

        await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteNumber("revoked_at", revocation.RevokedAtMs);
            json.WriteNumber("until", revocation.UntilMs);
            json.WriteNumber("disconnected", order.Disconnected);
            json.WriteBoolean("stored", order.IsStored);
        });
    }

    /// <summary>Undoes one.</summary>
    public async Task UndoAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        RevocationKey key = ReadKey(query);
        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        try
        {
            bool isUndone = await sync.UndoAsync(key, CancellationToken.None);
            await InternalAnswer.WriteAsync(
                context, StatusCodes.Status200OK, json => json.WriteBoolean("undone", isUndone));
        }
        catch (LogUnavailableException)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.LogUnavailable,
                "The log is away, so that other workers can't be told: nothing is undone. Try again when it is back.",
                retryAfter: TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Lists them, by id.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        string? tenant = query.ReadName("tenant");
        string? after = ReadText(query, "after", IdLengthMax);
        int limit = (int?)query.ReadNumber("limit", 1, LimitMax) ?? LimitDefault;
        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        (string Id, Revocation Revocation)[] matching =
        [
            .. revocations.All
                .Where(one => tenant is null || one.Key.Tenant == tenant)
                .Select(static one => (one.Key.ToString(), one)),
        ];
        (string Id, Revocation Revocation)[] rest =
        [
            .. matching
                .Where(one => after is null || string.CompareOrdinal(one.Id, after) > 0)
                .OrderBy(static one => one.Id, StringComparer.Ordinal)
                .Take(limit + 1),
        ];
        await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("revocations");
            foreach ((string id, Revocation revocation) in rest.Take(limit))
            {
                Write(json, id, revocation);
            }

            json.WriteEndArray();
            json.WriteNumber("total", matching.Length);
            json.WriteBoolean("more", rest.Length > limit);
        });
    }

    private static RevocationKey ReadKey(QueryReader query)
    {
        string? tenant = query.ReadName("tenant");
        string? subject = ReadText(query, "subject", RevocationKey.NameLengthMax);
        string? token = ReadText(query, "token_id", RevocationKey.NameLengthMax);
        if (!query.Has("tenant"))
        {
            query.Refuse("tenant", "must be given: whose tokens");
        }

        if (query.Has("subject") && query.Has("token_id"))
        {
            query.Refuse("token_id", "must not be given beside subject: one of the two, or the whole tenant");
        }

        return token is not null ? RevocationKey.OfToken(tenant ?? string.Empty, token)
            : subject is not null ? RevocationKey.OfSubject(tenant ?? string.Empty, subject)
            : RevocationKey.OfTenant(tenant ?? string.Empty);
    }

    private static string? ReadText(QueryReader query, string name, int lengthMax)
    {
        string? text = query.ReadText(name);
        if (text is { Length: 0 } || text?.Length > lengthMax || text?.Any(char.IsControl) == true)
        {
            query.Refuse(name, $"must be a text of 1 to {lengthMax} characters, none of them a control character");
        }

        return text;
    }

    private static void Write(Utf8JsonWriter json, string id, Revocation revocation)
    {
        RevocationKey key = revocation.Key;
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("tenant", key.Tenant);
        json.WriteString("subject", key.Kind == RevocationKind.Subject ? key.Name : null);
        json.WriteString("token_id", key.Kind == RevocationKind.Token ? key.Name : null);
        json.WriteNumber("revoked_at", revocation.RevokedAtMs);
        json.WriteNumber("until", revocation.UntilMs);
        json.WriteString("reason", revocation.Reason);
        json.WriteEndObject();
    }
}
