using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Hosting.Identity;

/// <summary>
/// What a token allows: the sum of its scope's words <c>&lt;read|publish&gt;:&lt;agents|tasks|projects|channels|terminal&gt;/&lt;pattern&gt;</c>,
/// <c>read:*</c>, <c>publish:*</c>, <c>admin</c>. Other words are other people's and are skipped. The one piece of code that decides.
/// </summary>
public sealed class Grants
{
    /// <summary>The scope it was read from, normalised to the words that mean something here.</summary>
    public string Scope => throw new NotImplementedException();

    /// <summary>Whether it has <c>admin</c>.</summary>
    public bool IsAdmin => throw new NotImplementedException();

    /// <summary>Reads a scope; false if it exceeds 4 KiB or 64 grants.</summary>
    public static bool TryParse(string scope, [NotNullWhen(true)] out Grants? grants) => throw new NotImplementedException();

    /// <summary>Reads a scope that stands in code.</summary>
    /// <exception cref="FormatException">It exceeds the limits.</exception>
    public static Grants Parse(string scope) => throw new NotImplementedException();

    /// <summary>
    /// What of <paramref name="wanted"/> may be read, as alternatives of which one must match; empty if nothing may.
    /// </summary>
    public ImmutableArray<EventFilter> NarrowRead(EventFilter wanted) => throw new NotImplementedException();

    /// <summary>Whether the event may be published.</summary>
    public bool MayPublish(EventEnvelope envelope) => throw new NotImplementedException();

    /// <summary>Whether the task's terminal may be read.</summary>
    public bool MayReadTerminal(string task) => throw new NotImplementedException();

    /// <summary>Whether the task's terminal may be written.</summary>
    public bool MayPublishTerminal(string task) => throw new NotImplementedException();
}
