using Realtime.Protocol.Events;

namespace Realtime.Client;

/// <summary>
/// Which events are wanted: one matches if its channel is in the list and, for each list of patterns that is given, one
/// pattern matches. A pattern is a name, the beginning of a name followed by <c>*</c>, or <c>*</c> alone (any name, but
/// some name). Null = any; an empty list is an error of the server's, since "nothing" is hardly meant as "everything".
/// </summary>
/// <remarks>A base, because the same five lists stand in everything that asks for events.</remarks>
public abstract record EventQuery
{
    private protected EventQuery()
    {
    }

    /// <summary>Channels; null = all.</summary>
    public IReadOnlyList<Channel>? Channels { get; init; }

    /// <summary>Patterns of agents.</summary>
    public IReadOnlyList<string>? Agents { get; init; }

    /// <summary>Patterns of tasks.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    /// <summary>Patterns of projects.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>Patterns of types, such as <c>agent.*</c>.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}
