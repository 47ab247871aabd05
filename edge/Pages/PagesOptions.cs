namespace Realtime.Edge.Pages;

/// <summary>Whether this edge serves the pages.</summary>
internal sealed record PagesOptions
{
    public const string Section = "connection_plane:edge:pages";

    /// <summary>Whether the pages are served that this edge was built with (default true).</summary>
    [ConfigurationKeyName("enabled")]
    public bool Enabled { get; init; } = true;
}
