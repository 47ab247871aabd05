namespace Realtime.Hosting.Configuration;

/// <summary>One thing that is wrong with the configuration, as a line for the operator.</summary>
/// <param name="Key">Full key, such as <c>connection_plane:session_ttl_seconds</c>.</param>
/// <param name="Value">The value as it may be shown; null if there is none.</param>
/// <param name="Rule">What is wrong, as a rule.</param>
/// <param name="Cure">What to do.</param>
/// <param name="Source">Where the value comes from; null if nowhere.</param>
public sealed record ConfigurationError(string Key, string? Value, string Rule, string Cure, string? Source = null)
{
    /// <summary>The line: <c>key = value (source): rule; cure</c>.</summary>
    public override string ToString()
    {
        string value = Value is null ? "" : $" = {Value}";
        string source = Source is null ? "" : $" ({Source})";
        return $"{Key}{value}{source}: {Rule}; {Cure}";
    }
}
