using System.Collections.Concurrent;
using System.Globalization;
using Realtime.Hosting.Identity;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// A token for each viewer. An edge limits the connections of one subject, so that viewers share one only in groups, as
/// users with many tabs would; without the signing key all share the one token that was given.
/// </summary>
internal sealed class ViewerTokens
{
    // Below the edge's default limit per subject (500).
    private const int ViewersOfSubject = 100;
    private const string Tenant = "demo";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<int, string> _minted = new();
    private readonly TokenMinter? _minter;
    private readonly string? _shared;

    private ViewerTokens(TokenMinter? minter, string? shared) => (_minter, _shared) = (minter, shared);

    /// <summary>One for all.</summary>
    public static ViewerTokens Shared(string token) => new(null, token);

    /// <summary>Made with the system's own key.</summary>
    public static ViewerTokens Minted(string signingKey, TimeProvider time) =>
        new(new TokenMinter(signingKey, time), null);

    /// <summary>The token of viewer number <paramref name="viewer"/>.</summary>
    public string TokenOf(int viewer) => _shared ?? _minted.GetOrAdd(
        viewer / ViewersOfSubject,
        static (group, minter) => minter.Mint(
            Tenant, string.Create(CultureInfo.InvariantCulture, $"loadtest-viewer-{group}"), "read:*", Lifetime),
        _minter!);
}
