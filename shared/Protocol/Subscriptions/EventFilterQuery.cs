namespace Realtime.Protocol.Subscriptions;

/// <summary>The query parameters that make a filter, each a comma-separated list; null = not given.</summary>
/// <param name="Channels">Names of channels, or <c>*</c>.</param>
/// <param name="Agents">Patterns.</param>
/// <param name="Tasks">Patterns.</param>
/// <param name="Projects">Patterns.</param>
/// <param name="Types">Patterns.</param>
public readonly record struct EventFilterQuery(
    string? Channels = null, string? Agents = null, string? Tasks = null, string? Projects = null, string? Types = null)
{
    /// <summary>Whether any parameter was given.</summary>
    public bool IsGiven => (Channels ?? Agents ?? Tasks ?? Projects ?? Types) is not null;
}
