namespace Realtime.Tests.Chaos.Checking;

/// <summary>Whether history has what was acknowledged, once and in order.</summary>
internal static class LogChecks
{
    /// <summary>What is wrong, one sentence each.</summary>
    /// <param name="ledger">What producers know.</param>
    /// <param name="history">All that history gives, as it came.</param>
    public static IEnumerable<string> Check(Ledger ledger, IReadOnlyList<HistoryEntry> history)
    {
        ILookup<string, HistoryEntry> byKey = history.ToLookup(entry => entry.Key);
        return ledger.Violations
            .Concat(ledger.Sent.Values.SelectMany(sent => OfSent(sent, byKey[sent.Key])))
            .Concat(byKey.SelectMany(entries => OfKey(entries.Key, entries, ledger)))
            .Concat(history.GroupBy(entry => entry.Place.Partition).SelectMany(OfStream))
            .Concat(OfGroups(ledger, history));
    }

    private static IEnumerable<string> OfSent(SentEvent sent, IEnumerable<HistoryEntry> entries)
    {
        if (sent.Acknowledged is { } place && !entries.Any(entry => entry.Place == place))
        {
            yield return entries.FirstOrDefault() is { } other
                ? $"{sent.Key} was acknowledged as {place}, but stands at {other.Place}"
                : $"lost: {sent.Key} was acknowledged as {place}, and is not in history";
        }
        else if (sent.MustStand && !entries.Any())
        {
            yield return $"lost: {sent.Key} must be in history, and is not";
        }
    }

    private static IEnumerable<string> OfKey(string key, IEnumerable<HistoryEntry> entries, Ledger ledger)
    {
        if (entries.Skip(1).Any())
        {
            yield return $"stored twice: {key} at {string.Join(" and ", entries.Select(entry => entry.Place))}";
        }

        if (!ledger.Sent.TryGetValue(key, out SentEvent? sent))
        {
            yield return $"nobody sent {key}, which is in history at {entries.First().Place}";
        }
        else if (sent.Facts != entries.First().Facts)
        {
            yield return $"{key} was sent as {sent.Facts}, and is {entries.First().Facts}";
        }
    }

    // A whole stream counts from 1 without holes, in one epoch, and its time does not go back.
    private static IEnumerable<string> OfStream(IGrouping<int, HistoryEntry> stream)
    {
        long expected = 1;
        Place? last = null;
        foreach (Place place in stream.Select(entry => entry.Place))
        {
            if (place.Offset != expected)
            {
                yield return $"history has {place} where offset {expected} should be";
            }

            if (last is { } before && (before.Epoch != place.Epoch || before.Ms > place.Ms))
            {
                yield return $"history has {place} after {before}";
            }

            expected = place.Offset + 1;
            last = place;
        }
    }

    private static IEnumerable<string> OfGroups(Ledger ledger, IReadOnlyList<HistoryEntry> history)
    {
        var last = new Dictionary<string, (SentEvent Sent, Place Place)>();
        foreach (HistoryEntry entry in history.OrderBy(entry => entry.Place.Partition).ThenBy(e => e.Place.Offset))
        {
            if (!ledger.Sent.TryGetValue(entry.Key, out SentEvent? sent))
            {
                continue;
            }

            if (last.TryGetValue(sent.Group, out (SentEvent Sent, Place Place) before)
                && (before.Place.Partition != entry.Place.Partition || before.Sent.Number >= sent.Number))
            {
                yield return $"out of order: {sent.Group} has {entry.Place} {sent.Key} (number {sent.Number}) after "
                    + $"{before.Place} {before.Sent.Key} (number {before.Sent.Number})";
            }

            last[sent.Group] = (sent, entry.Place);
        }
    }
}
