using System.Collections.Immutable;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Connections;

/// <summary>The subscription called <c>default</c>, which query parameters make without a first message.</summary>
internal static class QuerySubscription
{
    public const string Id = "default";

    private static readonly string[] Parameters =
        ["channels", "agents", "tasks", "projects", "types", "after", "snapshot", "conflate"];

    /// <summary>Reads it; null if the query has none of its parameters (unless wanted <paramref
    /// name="always"/>).</summary>
    /// <param name="query">Collects what is wrong.</param>
    /// <param name="after">A cursor given elsewhere (<c>Last-Event-ID</c>), newer than that of the query.</param>
    /// <param name="always">Whether an empty query means everything.</param>
    public static ClientMessage.Subscribe? ReadEvents(QueryReader query, string? after, bool always)
    {
        if (!always && !Parameters.Any(query.Has))
        {
            return null;
        }

        IReadOnlyDictionary<int, EventPosition> positions = query.ReadCursor("after");
        IEnumerable<EventPosition> cursor = positions.Values;
        if (after is not null)
        {
            cursor = CursorText.TryParse(after, out ImmutableArray<EventPosition> given, out string? error)
                ? given
                : [];
            if (error is not null)
            {
                query.RefuseAt("header: Last-Event-ID", error);
            }
        }

        return new ClientMessage.Subscribe(Id, query.ReadFilter())
        {
            After = [.. cursor],
            Resumes = after is not null || query.Has("after"),
            Snapshot = ReadFlag(query, "snapshot"),
            Conflate = ReadFlag(query, "conflate"),
        };
    }

    /// <summary>Reads the terminal subscription of <c>/ws/terminal/{task}</c>.</summary>
    public static ClientMessage.SubscribeTerminal ReadTerminal(QueryReader query, string task)
    {
        TaskName.Check(query, task);
        TerminalFrom from = TerminalFrom.Start;
        if (query.ReadText("from") is { } text && !TerminalFrom.TryParse(text, out from))
        {
            query.Refuse("from", $"must be {TerminalFrom.Rule}");
        }

        return new ClientMessage.SubscribeTerminal(Id, task, from);
    }

    /// <summary>Reads <c>encoding</c>: whether terminal bytes may come compressed.</summary>
    public static bool ReadsLz4(QueryReader query)
    {
        string? text = query.ReadText("encoding");
        if (text is not (null or "base64" or Features.Lz4))
        {
            query.Refuse("encoding", $"must be base64 or {Features.Lz4}");
        }

        return text is Features.Lz4;
    }

    private static bool ReadFlag(QueryReader query, string name)
    {
        string? text = query.ReadText(name);
        if (text is not (null or "true" or "false" or "1" or "0"))
        {
            query.Refuse(name, "must be true or false");
        }

        return text is "true" or "1";
    }
}
