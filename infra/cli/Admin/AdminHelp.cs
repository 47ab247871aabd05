namespace Realtime.Cli.Admin;

/// <summary>What stands behind the usual help of the operators' commands.</summary>
internal static class AdminHelp
{
    private const string Notes = """

        The edge's address for operators is its admin_listen, the token its admin_token. Any edge will do for what
        concerns workers.
        """;

    private const string DrainNotes = """

        Ctrl+C while drain --wait shows how far it is stops the watching, not the drain. Without another worker that is
        ready, those who are told to leave have nowhere to go until the undrain.
        """;

    private const string RevokeNotes = """

        Of a tenant or a subject, tokens issued up to now are refused; who signs in again gets in. By --token-id (not
        with --subject) that token is, whenever it was issued. It is kept for connection_plane.revocations.lifetime
        (24h): set that to the longest lifetime of your tokens.
        """;

    private static readonly string[] Examples =
    [
        "realtime admin workers",
        "realtime admin worker worker-1",
        "realtime admin drain worker-1 --deadline 2m --pace 100 --wait",
        "realtime admin drain --edge --wait",
        "realtime admin undrain worker-1",
        "realtime admin connections --tenant acme --kind viewer --limit 20",
        "realtime admin disconnect --tenant acme --subject ann --no-reconnect",
        "realtime admin revoke --tenant acme --subject ann --reason \"laptop lost\"",
        "realtime admin revoke --tenant acme --token-id 5fa19c17bc9b45e7",
        "realtime admin unrevoke --tenant acme --subject ann",
        "realtime admin revocations --tenant acme",
        "realtime admin partitions --tenant acme",
        "realtime admin configuration --json",
    ];

    /// <summary>Of <c>realtime admin</c>.</summary>
    public static string OfAll { get; } = Notes + DrainNotes + TextOf(Examples);

    /// <summary>Of one of its commands: what concerns it.</summary>
    public static string Of(string command)
    {
        string start = $"realtime admin {command}";
        string[] its = [.. Examples.Where(example => $"{example} ".StartsWith($"{start} ", StringComparison.Ordinal))];
        return Notes + NotesOf(command) + TextOf(its.Length > 0 ? its : [start]);
    }

    private static string NotesOf(string command) => command switch
    {
        "drain" => DrainNotes,
        "revoke" => RevokeNotes,
        _ => string.Empty,
    };

    private static string TextOf(string[] examples) =>
        $"\n\nExamples:\n{string.Join('\n', examples.Select(example => $"  {example}"))}";
}
