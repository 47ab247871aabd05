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

    /// <summary>An event that the log itself is to store, and no producer.</summary>
    public void Expecting(string key, string group, EventFacts facts)
    {
        Sending(key, group, 0, facts);
        _sent[key].MustStand = true;
    }

    /// <summary>An event was acknowledged; again with the same id is no news.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="id">Its id; null if it was stored so long before that only its number is remembered.</param>
    public void Acknowledged(string key, string? id)
    {
        SentEvent sent = _sent[key];
        lock (sent)
        {
            if (!sent.MustStand)
            {
                sent.MustStand = true;
                sent.AcknowledgedAt = TimeProvider.System.GetTimestamp();
                Interlocked.Increment(ref _acknowledged);
            }

            if (id is null)
            {
                return;
            }

            var place = Place.Parse(id);
            if (sent.Acknowledged is { } first && first != place)
            {
                _violations.Add($"{key} was acknowledged as {first}, then as {place}");
            }

            sent.Acknowledged ??= place;
        }
    }

    /// <summary>A producer was told what can't be.</summary>
    public void Violated(string what) => _violations.Add(what);
}
