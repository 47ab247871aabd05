namespace Realtime.Loadtests.Targets;

/// <summary>
/// Limits that a load from one machine and one tenant would meet, set so high that only the machine's are met. All
/// others are those that anyone has, and so are these where the environment says otherwise.
/// </summary>
internal static class SystemLimits
{
    private const string Many = "1000000";

    private static readonly string[] Keys =
    [
        "connection_plane:edge:limits:address_handshakes_per_second",
        "connection_plane:edge:limits:address_connections_per_second",
        "connection_plane:edge:limits:address_requests_per_second",
        "connection_plane:edge:limits:address_sockets_max",
        "connection_plane:edge:limits:tenant_connections_max",
        "connection_plane:edge:limits:connections_max",
        "connection_plane:edge:listener:connections_max",
        "connection_plane:connections:connections",
        "event_plane:budgets:tenant_connections_max",
        "event_plane:budgets:events_per_second",
    ];

    /// <summary>As environment variables.</summary>
    public static Dictionary<string, string> Environment() => Keys
        .Select(EnvironmentNameOf)
        .Where(static name => System.Environment.GetEnvironmentVariable(name) is null)
        .ToDictionary(static name => name, _ => Many);

    /// <summary>The environment variable of a key.</summary>
    public static string EnvironmentNameOf(string key) =>
        "REALTIME__" + key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();
}
