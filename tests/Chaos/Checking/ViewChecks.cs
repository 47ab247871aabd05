namespace Realtime.Tests.Chaos.Checking;

/// <summary>Whether a client saw all that history has for it, and nothing else.</summary>
internal static class ViewChecks
{
    // More than the longest fault (6 s) and all waiting after it: no worker is further behind the log.
    private static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(15);

    /// <summary>How many events the client must have seen at least; so long it is waited for.</summary>
    public static int Due(ClientView view, Ledger ledger, IReadOnlyList<HistoryEntry> history) =>
        history.Count(entry => view.Filter.Matches(entry.Facts)
            && (view.Start == ViewStart.First || ledger.Sent.GetValueOrDefault(entry.Key)?.SentAt > view.ActiveAt));

    /// <summary>What is wrong, one sentence each.</summary>
    public static IEnumerable<string> Check(ClientView view, Ledger ledger, IReadOnlyList<HistoryEntry> history)
    {
        Dictionary<int, HistoryEntry[]> wanted = history.Where(entry => view.Filter.Matches(entry.Facts))
            .GroupBy(entry => entry.Place.Partition)
            .ToDictionary(stream => stream.Key, stream => stream.OrderBy(entry => entry.Place.Offset).ToArray());
        ILookup<int, (Place Place, string Key)> seen = view.Seen.ToLookup(one => one.Place.Partition);
        return view.Violations
            .Concat(wanted.Keys.Union(seen.Select(stream => stream.Key)).Order().SelectMany(partition =>
                OfStream(view, ledger, wanted.GetValueOrDefault(partition, []), [.. seen[partition]])))
            .Concat(view.Start == ViewStart.Snapshot ? OfSnapshot(view, ledger, history) : []);
    }

    // PROTOCOL.md section 5: a live view begins where its worker stands, which may be a little behind the log. So it
    // may see what was stored shortly before it asked, but nothing older, and from its first one on nothing is missing.
    private static IEnumerable<string> OfStream(
        ClientView view, Ledger ledger, HistoryEntry[] wanted, (Place Place, string Key)[] seen)
    {
        HashSet<(Place, string)> there = [.. wanted.Select(entry => (entry.Place, entry.Key))];
        foreach ((Place place, string key) in seen.Where(one => !there.Contains(one)))
        {
            yield return $"{view.Name} saw {place} {key}, which history does not have for {view.Filter}";
        }

        foreach ((Place place, string key) in seen.Where(one => IsOld(view, ledger.Sent.GetValueOrDefault(one.Key))))
        {
            yield return $"{view.Name} saw {place} {key}, acknowledged more than {BehindMax} before it asked";
        }

        HashSet<Place> places = [.. seen.Select(one => one.Place)];
        bool hasBegun = false;
        foreach (HistoryEntry entry in wanted)
        {
            SentEvent? sent = ledger.Sent.GetValueOrDefault(entry.Key);
            bool isSeen = places.Contains(entry.Place);
            hasBegun |= isSeen;
            if (!isSeen && (hasBegun || view.Start == ViewStart.First || sent?.SentAt > view.ActiveAt))
            {
                yield return $"missing: {view.Name} ({view.Filter}) did not see {entry.Place} {entry.Key}";
            }
        }
    }

    private static bool IsOld(ClientView view, SentEvent? sent) =>
        view.Start != ViewStart.First && sent?.AcknowledgedAt is { } acknowledged && view.AskedAt is { } asked
        && TimeProvider.System.GetElapsedTime(acknowledged, asked) > BehindMax;

    // The value of each key and the events that came after it end at the newest event of that key.
    private static IEnumerable<string> OfSnapshot(
        ClientView view, Ledger ledger, IReadOnlyList<HistoryEntry> history)
    {
        if (!view.IsComplete)
        {
            yield return $"{view.Name} never got a whole snapshot";
            yield break;
        }

        HashSet<string> seen = [.. view.Seen.Select(one => one.Key)];
        foreach (IGrouping<string?, HistoryEntry> key in history
            .Where(entry => entry.Facts.StateKey is not null && view.Filter.Matches(entry.Facts))
            .GroupBy(entry => entry.Facts.StateKey))
        {
            HistoryEntry[] values = [.. key.OrderBy(entry => entry.Place.Offset)];
            (Place Place, string Key) value = view.Values.GetValueOrDefault(key.Key!);
            if (value.Key is not null && !values.Any(entry => entry.Place == value.Place && entry.Key == value.Key))
            {
                yield return $"{view.Name} has the value {value.Place} {value.Key} of {key.Key}, which nobody stored";
            }

            if (values[^1] is { } last && value.Key != last.Key && !seen.Contains(last.Key))
            {
                yield return $"{view.Name} ends with an old value of {key.Key}: it never saw {last.Place} {last.Key}";
            }
        }
    }
}
