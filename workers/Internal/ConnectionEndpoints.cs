using System.Text.Json;
using Realtime.Protocol;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Internal;

/// <summary><c>/internal/connections</c>: which there are, and the end of some.</summary>
internal sealed class ConnectionEndpoints(ConnectionRegistry registry, ConnectionOptions options, TimeProvider clock)
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1000;
    private const int SubjectLengthMax = 256;
    private const int SessionLengthMax = 64;

    private static readonly string[] KindNames = ["viewer", "producer", "stream"];

    /// <summary>Lists them, by session.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        string? tenant = query.ReadName("tenant");
        string? subject = ReadText(query, "subject", SubjectLengthMax);
        string? edge = query.ReadName("edge");
        string? after = ReadText(query, "after", SessionLengthMax);
        int limit = (int?)query.ReadNumber("limit", 1, LimitMax) ?? LimitDefault;
        string? kind = query.ReadText("kind");
        if (kind is not null && !KindNames.Contains(kind))
        {
            query.Refuse("kind", $"must be one of {string.Join(", ", KindNames)}");
        }

        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        RegisteredConnection[] matching = [.. registry.All.Where(one =>
            Matches(one, tenant, subject) && (edge is null || one.Edge == edge)
            && (kind is null || KindNames[(int)one.Kind] == kind))];
        RegisteredConnection[] rest = [.. matching
            .Where(one => after is null || string.CompareOrdinal(one.Connection.SessionId, after) > 0)
            .OrderBy(static one => one.Connection.SessionId, StringComparer.Ordinal)
            .Take(limit + 1)];
        await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("connections");
            foreach (RegisteredConnection one in rest.Take(limit))
            {
                Write(json, one);
            }

            json.WriteEndArray();
            json.WriteNumber("total", matching.Length);
            json.WriteBoolean("more", rest.Length > limit);
        });
    }

    /// <summary>Ends those that match: to come back elsewhere, or not.</summary>
    public async Task DisconnectAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        string? session = ReadText(query, "session", SessionLengthMax);
        string? tenant = query.ReadName("tenant");
        string? subject = ReadText(query, "subject", SubjectLengthMax);
        bool reconnect = query.ReadBoolean("reconnect") ?? true;
        if (!query.Has("session") && !query.Has("tenant") && !query.Has("subject"))
        {
            query.Refuse("session", "give at least one of session, tenant and subject: all connections are for drain");
        }

        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        long cutAt = clock.GetTimestamp() + (long)(options.CloseTimeout.TotalSeconds * clock.TimestampFrequency);
        int disconnected = 0;
        foreach (RegisteredConnection one in registry.All)
        {
            if (!Matches(one, tenant, subject) || (session is not null && one.Connection.SessionId != session))
            {
                continue;
            }

            disconnected++;
            if (reconnect)
            {
                one.TryTell(options.CloseTimeout, options.ReconnectDelayMax * Random.Shared.NextDouble());
            }
            else
            {
                one.Connection.Outbox.Close(CloseCode.Forbidden, "an operator closed the connection");
            }

            // Who takes nothing goes all the same.
            one.CutAt = cutAt;
        }

        await InternalAnswer.WriteAsync(
            context, StatusCodes.Status200OK, json => json.WriteNumber("disconnected", disconnected));
    }

    private static bool Matches(RegisteredConnection one, string? tenant, string? subject) =>
        (tenant is null || one.Connection.Identity.Tenant == tenant)
        && (subject is null || one.Connection.Identity.Subject == subject);

    private static string? ReadText(QueryReader query, string name, int lengthMax)
    {
        string? text = query.ReadText(name);
        if (text is { Length: 0 } || text?.Length > lengthMax)
        {
            query.Refuse(name, $"must be a text of 1 to {lengthMax} characters");
        }

        return text;
    }

    private void Write(Utf8JsonWriter json, RegisteredConnection one)
    {
        IConnection connection = one.Connection;
        json.WriteStartObject();
        json.WriteString("session", connection.SessionId);
        json.WriteString("kind", KindNames[(int)one.Kind]);
        json.WriteString("tenant", connection.Identity.Tenant);
        json.WriteString("subject", connection.Identity.Subject);
        json.WriteString("edge", one.Edge);
        json.WriteString("connection_id", connection.Identity.ConnectionId);
        json.WriteNumber("opened_at", one.OpenedAt.ToUnixTimeMilliseconds());
        json.WriteNumber("subscriptions", connection.SubscriptionCount);
        json.WriteNumber(
            "behind",
            connection.Outbox.Feeds.Count(static feed => feed.Mode is FeedMode.Behind or FeedMode.HandingOver));
        json.WriteNumber("unsent_messages", connection.Outbox.Waiting);
        if (one.Kind == ConnectionKind.Stream)
        {
            json.WriteNull("last_heard_at"); // Nothing ever comes on such a connection.
        }
        else
        {
            json.WriteNumber(
                "last_heard_at", (clock.GetUtcNow() - connection.Pulse.Silence).ToUnixTimeMilliseconds());
        }

        json.WriteNumber("heartbeat_ms", (long)connection.Pulse.Interval.TotalMilliseconds);
        json.WriteEndObject();
    }
}
