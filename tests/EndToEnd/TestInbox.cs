using System.Collections.Concurrent;
using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// What a <see cref="TestClient"/> does with each message, on all of its connections, by PROTOCOL.md alone.
/// </summary>
/// <param name="subscriptions">Those that the messages are for.</param>
/// <param name="violations">Gets what the server did against the protocol.</param>
/// <param name="cut">Has the client come again on a new connection.</param>
internal sealed class TestInbox(
    IReadOnlyList<TestSubscription> subscriptions, ConcurrentQueue<string> violations, Action cut)
{
    private readonly Dictionary<string, TestSubscription> _subscriptions =
        subscriptions.ToDictionary(subscription => subscription.Id);

    private int _drainDelayMs;
    private volatile int _logAwayNotices;

    /// <summary>How often it was told that the log is away.</summary>
    public int LogAwayNotices => _logAwayNotices;

    /// <summary>How long a drain said to wait before coming again, once.</summary>
    public TimeSpan? TakeDrainDelay()
    {
        int delay = _drainDelayMs;
        _drainDelayMs = 0;
        return delay > 0 ? TimeSpan.FromMilliseconds(delay) : null;
    }

    /// <summary>
    /// One message or an array of them; in an array the events behind `replay` are that subscription's alone.
    /// </summary>
    public void Handle(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            Handle(root, replayFor: null);
            return;
        }

        TestSubscription? replayFor = null;
        foreach (JsonElement message in root.EnumerateArray())
        {
            if (Op(message) == "replay")
            {
                replayFor = Find(message);
            }
            else
            {
                Handle(message, replayFor);
            }
        }
    }

    private void Handle(JsonElement message, TestSubscription? replayFor)
    {
        switch (Op(message))
        {
            case "event":
                OnEvent(message, replayFor);
                break;
            case "subscribed":
                Find(message)?.OnSubscribed(
                    Positions(message),
                    !message.TryGetProperty("recovered", out JsonElement whole) || whole.GetBoolean());
                break;
            case "snapshot" or "cursor":
                Find(message)?.Adopt(Positions(message));
                break;
            case "gap":
                OnGap(message);
                break;
            case "drain":
                _drainDelayMs = message.GetProperty("delay").GetInt32();
                break;
            case "error":
                OnError(message);
                break;
        }
    }

    private void OnEvent(JsonElement message, TestSubscription? replayFor)
    {
        SeenEvent seen = SeenEvent.Read(message);
        if (message.TryGetProperty("snapshot", out JsonElement isSnapshot) && isSnapshot.GetBoolean())
        {
            replayFor?.SnapshotValues.Add(seen);
            return;
        }

        if (replayFor is not null)
        {
            if (!replayFor.Filter.Matches(seen.Envelope))
            {
                violations.Enqueue($"Replay for {replayFor.Id} holds an event that it does not match: {message}");
            }

            Note(replayFor.OnEvent(seen));
            return;
        }

        bool wanted = false;
        foreach (TestSubscription subscription in _subscriptions.Values)
        {
            if (subscription.Active && subscription.Filter.Matches(seen.Envelope))
            {
                wanted = true;
                Note(subscription.OnEvent(seen));
            }
        }

        if (!wanted)
        {
            violations.Enqueue($"No subscription matches: {message}");
        }
    }

    private void OnGap(JsonElement message)
    {
        if (Find(message) is not { } subscription
            || !EventPosition.TryParse(message.GetProperty("resumes_at").GetString(), out EventPosition resumesAt))
        {
            violations.Enqueue($"A gap that names no subscription or position: {message}");
            return;
        }

        subscription.Gaps.Enqueue(new SeenGap(
            resumesAt.Partition,
            message.GetProperty("reason").GetString()!,
            message.TryGetProperty("missing", out JsonElement missing) ? missing.GetInt64() : null));

        // The event at `resumes_at` is the next one to come; `cursor` stands right before it.
        Assert.True(
            EventPosition.TryParse(message.GetProperty("cursor").GetString(), out EventPosition cursor), $"{message}");
        subscription.Adopt([cursor]);
    }

    // The one error that is no fault of ours. A subscription refused for it is made again, on a new connection.
    private void OnError(JsonElement message)
    {
        bool isAway = message.GetProperty("code").GetString() == "log_unavailable";
        if (!isAway || !message.GetProperty("retry").GetBoolean())
        {
            violations.Enqueue($"Error: {message}");
        }
        else if (message.TryGetProperty("request", out _))
        {
            cut();
        }
        else
        {
            _logAwayNotices++;
        }
    }

    private TestSubscription? Find(JsonElement message)
    {
        string? id = message.TryGetProperty("id", out JsonElement value) ? value.GetString() : null;
        if (id is not null && _subscriptions.TryGetValue(id, out TestSubscription? subscription))
        {
            return subscription;
        }

        violations.Enqueue($"Names a subscription that is none: {message}");
        return null;
    }

    private void Note(string? violation)
    {
        if (violation is not null)
        {
            violations.Enqueue(violation);
        }
    }

    private static string? Op(JsonElement message) => message.GetProperty("op").GetString();

    private static List<EventPosition> Positions(JsonElement message)
    {
        var positions = new List<EventPosition>();
        foreach (JsonElement text in message.GetProperty("cursor").EnumerateArray())
        {
            Assert.True(EventPosition.TryParse(text.GetString(), out EventPosition position), $"No position: {text}");
            positions.Add(position);
        }

        return positions;
    }
}
