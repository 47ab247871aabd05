using System.Collections.Concurrent;

namespace Realtime.Tests.Chaos.Checking;

/// <summary>What producers sent and what was acknowledged to them. Its time counts what happened, so that "before"
/// and "after" are certain whatever clocks say.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, SentEvent> _sent = new();
    private readonly ConcurrentBag<string> _violations = [];
    private long _time;
    private int _acknowledged;

    /// <summary>Events that were sent, by key.</summary>
    public IReadOnlyDictionary<string, SentEvent> Sent => _sent;

    /// <summary>How many were sent.</summary>
    public int SentCount => _sent.Count;

    /// <summary>How many were acknowledged.</summary>
    public int AcknowledgedCount => _acknowledged;

    /// <summary>What can't be, seen at once.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>A time after all that happened before this call, and before all that happens after it.</summary>
    public long Now() => Interlocked.Increment(ref _time);

    /// <summary>An event is about to be sent for the first time.</summary>
    public void Sending(string key, string group, int number, EventFacts facts) =>
        Assert.True(_sent.TryAdd(key, new SentEvent(key, group, number, facts, Now())), $"{key} was sent twice.");

    /// <summary>An event was acknowledged; again with the same id is no news.</summary>
    public void Acknowledged(string key, string id)
    {
        SentEvent sent = _sent[key];
        var place = Place.Parse(id);
        lock (sent)
        {
            if (sent.Acknowledged is { } first)
            {
                if (first != place)
                {
                    _violations.Add($"{key} was acknowledged as {first}, then as {place}");
                }

                return;
            }

            sent.Acknowledged = place;
            Interlocked.Increment(ref _acknowledged);
        }
    }

    /// <summary>A producer was told what can't be.</summary>
    public void Violated(string what) => _violations.Add(what);
}
