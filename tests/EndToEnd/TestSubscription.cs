using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// One subscription of a <see cref="TestClient"/>: its filter, its cursor as PROTOCOL.md says, and what it has seen.
/// Written by the client's receive loop only; <see cref="Count"/>, <see cref="Seen"/> and <see cref="Gaps"/> may be
/// read at any time, the rest once the client has stopped.
/// </summary>
internal sealed class TestSubscription(string id, EventFilter filter)
{
    private readonly Dictionary<int, EventPosition> _cursor = [];
    private volatile int _count;
    private volatile bool _everSubscribed;

    public string Id { get; } = id;

    /// <summary>The newest position of each stream.</summary>
    public IReadOnlyList<EventPosition> Cursor => [.. _cursor.Values];

    public EventFilter Filter { get; } = filter;

    public bool Snapshot { get; init; }

    /// <summary>The events seen, in order of arrival.</summary>
    public ConcurrentQueue<SeenEvent> Seen { get; } = [];

    /// <summary>Values of snapshots, newest snapshot last.</summary>
    public List<SeenEvent> SnapshotValues { get; } = [];

    public ConcurrentQueue<SeenGap> Gaps { get; } = [];

    /// <summary>Events that were sent again and dropped, as a client must.</summary>
    public int Dropped { get; private set; }

    /// <summary>How often a resume was not whole.</summary>
    public int NotRecovered { get; private set; }

    /// <summary>Events seen so far.</summary>
    public int Count => _count;

    /// <summary>Whether it was confirmed at least once: from then on it has a cursor for every stream.</summary>
    public bool EverSubscribed => _everSubscribed;

    /// <summary>Whether it is confirmed on the present connection: only then live events can be its own.</summary>
    public bool Active { get; private set; }

    /// <summary>The subscribe message, with the cursor if there is one.</summary>
    public JsonObject ToSubscribe()
    {
        var message = new JsonObject { ["op"] = "subscribe", ["id"] = Id };
        ChannelSet channels = Filter.Channels;
        if (channels != ChannelSet.All)
        {
            message["channels"] = new JsonArray(
                [.. Enum.GetValues<Channel>().Where(channels.Contains).Select(c => (JsonNode)ChannelNames.NameOf(c))]);
        }

        AddPatterns(message, "agents", Filter.Agents);
        AddPatterns(message, "tasks", Filter.Tasks);
        AddPatterns(message, "projects", Filter.Projects);
        AddPatterns(message, "types", Filter.Types);
        if (Snapshot)
        {
            message["snapshot"] = true;
        }

        if (_everSubscribed)
        {
            message["after"] = new JsonArray([.. _cursor.Values.Select(position => (JsonNode)position.ToString())]);
        }

        return message;
    }

    public void OnDisconnected() => Active = false;

    public void OnSubscribed(IEnumerable<EventPosition> cursor, bool recovered)
    {
        if (_everSubscribed && !recovered)
        {
            NotRecovered++;
        }

        Adopt(cursor);
        Active = true;
        _everSubscribed = true;
    }

    /// <summary>
    /// Takes what the server says is covered: by `subscribed`, `snapshot`, `cursor` and `gap`. Never back within an
    /// epoch: what was on its way when the server said so has been seen.
    /// </summary>
    public void Adopt(IEnumerable<EventPosition> cursor)
    {
        foreach (EventPosition position in cursor)
        {
            if (!_cursor.TryGetValue(position.Partition, out EventPosition mine)
                || mine.Epoch != position.Epoch || mine.Entry.Offset < position.Entry.Offset)
            {
                _cursor[position.Partition] = position;
            }
        }
    }

    /// <summary>
    /// An event that is this subscription's; dropped if it is not after the cursor. Null, or what is wrong.
    /// </summary>
    public string? OnEvent(SeenEvent seen)
    {
        EventPosition position = seen.Position;
        if (!_cursor.TryGetValue(position.Partition, out EventPosition mine))
        {
            return Wrong(seen, "no cursor covers its stream");
        }

        if (mine.Epoch != position.Epoch)
        {
            return Wrong(seen, $"its epoch is not the cursor's ({mine}), and no gap said so");
        }

        if (position.Entry.Offset <= mine.Entry.Offset)
        {
            Dropped++;
            return null;
        }

        _cursor[position.Partition] = position;
        Seen.Enqueue(seen);
        _count++;
        return null;
    }

    private string Wrong(SeenEvent seen, string why) =>
        string.Create(CultureInfo.InvariantCulture, $"subscription {Id}: event {seen.Position}: {why}");

    private static void AddPatterns(JsonObject message, string name, IReadOnlyCollection<NamePattern> patterns)
    {
        if (patterns.Count > 0)
        {
            message[name] = new JsonArray([.. patterns.Select(pattern => (JsonNode)pattern.ToString())]);
        }
    }
}
