using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Hosting.Identity;

/// <summary>
/// What a token allows: the sum of its scope's words
/// <c>&lt;read|publish&gt;:&lt;agents|tasks|projects|channels|terminal&gt;/&lt;pattern&gt;</c>, <c>read:*</c>,
/// <c>publish:*</c>, <c>admin</c>. Other words are other people's and are skipped. The one piece of code that decides.
/// </summary>
/// <remarks>
/// Every grant but <c>terminal/…</c> is about events: <c>agents/a1</c> is every event of agent a1 on any channel.
/// Output of terminals needs <c>terminal/…</c> or <c>read:*</c>. <c>admin</c> by itself reads and publishes nothing.
/// </remarks>
public sealed class Grants
{
    /// <summary>Longest scope, in characters.</summary>
    public const int ScopeLengthMax = 4 * 1024;

    /// <summary>Most grants in a scope; words that are skipped do not count.</summary>
    public const int GrantsMax = 64;

    private const string Admin = "admin";

    private readonly ActionGrants _read;
    private readonly ActionGrants _publish;

    private Grants(ImmutableArray<string> words)
    {
        Scope = string.Join(' ', words);
        IsAdmin = words.Contains(Admin);
        _read = ActionGrants.Read("read:", words);
        _publish = ActionGrants.Read("publish:", words);
    }

    /// <summary>No grant at all.</summary>
    public static Grants None { get; } = new([]);

    /// <summary>The scope it was read from, normalised to the words that mean something here.</summary>
    public string Scope { get; }

    /// <summary>Whether it has <c>admin</c>.</summary>
    public bool IsAdmin { get; }

    /// <summary>Reads a scope; false if it exceeds 4 KiB or 64 grants.</summary>
    public static bool TryParse(string scope, [NotNullWhen(true)] out Grants? grants)
    {
        grants = null;
        if (scope.Length > ScopeLengthMax)
        {
            return false;
        }

        ImmutableArray<string> words =
            [.. scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(IsGrant).Distinct()];
        if (words.Length > GrantsMax)
        {
            return false;
        }

        grants = new Grants(words);
        return true;
    }

    /// <summary>Reads a scope that stands in code.</summary>
    /// <exception cref="FormatException">It exceeds the limits.</exception>
    public static Grants Parse(string scope) =>
        TryParse(scope, out Grants? grants)
            ? grants
            : throw new FormatException($"A scope has at most {ScopeLengthMax} characters and {GrantsMax} grants.");

    /// <summary>
    /// Whether a scope is not empty, within the limits, and every word of it a grant: for what is configured here.
    /// </summary>
    internal static bool IsWhole(string scope)
    {
        string[] words = scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && words.All(IsGrant) && TryParse(scope, out _);
    }

    /// <summary>
    /// What of <paramref name="wanted"/> may be read, as alternatives of which one must match (at most four); empty if
    /// nothing may.
    /// </summary>
    public ImmutableArray<EventFilter> NarrowRead(EventFilter wanted) => _read.Narrow(wanted);

    /// <summary>Whether the event may be published, by what it is about alone.</summary>
    public bool MayPublish(EventEnvelope envelope) => _publish.Covers(envelope);

    /// <summary>
    /// What of an event may not be published. Beside what it is about, its state key and its group must be of a name in
    /// it that is granted: else who may publish of one agent could overwrite the values, or fence the numbers, of
    /// another. <c>publish:*</c> allows any.
    /// </summary>
    public PublishRefusal CheckPublish(PublishEvent published)
    {
        EventEnvelope envelope = published.Envelope;
        return !_publish.Covers(envelope) ? PublishRefusal.Event
            : !_publish.CoversStateKey(envelope) ? PublishRefusal.StateKey
            : !_publish.CoversGroup(envelope, published.Producer is not null) ? PublishRefusal.Group
            : PublishRefusal.None;
    }

    /// <summary>Whether the task's terminal may be read.</summary>
    public bool MayReadTerminal(string task) => _read.CoversTerminal(task);

    /// <summary>Whether the task's terminal may be written.</summary>
    public bool MayPublishTerminal(string task) => _publish.CoversTerminal(task);

    private static bool IsGrant(string word) =>
        word == Admin || ActionGrants.IsGrant("read:", word) || ActionGrants.IsGrant("publish:", word);
}
