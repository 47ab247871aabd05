using Realtime.Protocol.Subscriptions;

namespace Realtime.Hosting.Identity;

/// <summary>What of a scope that somebody wants is covered by the one that he has.</summary>
public static class ScopeNarrowing
{
    /// <summary>
    /// The grants that both have, pattern by pattern: of <c>read:agents/a*</c> wanted and <c>read:agents/a1</c> held
    /// the latter. A wanted grant of one kind is not covered by a held one of another, since no word says "agent and
    /// project". Null if both together are more than a scope may hold.
    /// </summary>
    public static Grants? Narrow(Grants held, Grants wanted)
    {
        string[] own = WordsOf(held);
        IEnumerable<string> both = WordsOf(wanted)
            .SelectMany(word => own.Select(mine => Both(word, mine)))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
        return Grants.TryParse(string.Join(' ', both), out Grants? grants) ? grants : null;
    }

    private static string[] WordsOf(Grants grants) => grants.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string? Both(string one, string other)
    {
        int colon = one.IndexOf(':', StringComparison.Ordinal);
        if (one == other || colon < 0 || !other.StartsWith(one[..(colon + 1)], StringComparison.Ordinal))
        {
            return one == other ? one : null;
        }

        string first = one[(colon + 1)..];
        string second = other[(colon + 1)..];
        if (first == "*" || second == "*")
        {
            return second == "*" ? one : other;
        }

        int slash = first.IndexOf('/', StringComparison.Ordinal);
        return second.StartsWith(first[..(slash + 1)], StringComparison.Ordinal)
            && NamePattern.TryParse(first[(slash + 1)..], out NamePattern wanted)
            && NamePattern.TryParse(second[(slash + 1)..], out NamePattern held)
            && wanted.TryIntersect(held, out NamePattern both)
            ? $"{one[..(colon + 1)]}{first[..(slash + 1)]}{both}"
            : null;
    }
}
