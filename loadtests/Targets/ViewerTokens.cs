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

    private readonly Func<int, string> _tokenOf;

    private ViewerTokens(Func<int, string> tokenOf) => _tokenOf = tokenOf;

    /// <summary>One for all.</summary>
    public static ViewerTokens Shared(string token) => new(_ => token);

    /// <summary>Stamps of an edge, for who goes straight to workers; new ones each time.</summary>
    public static ViewerTokens Stamped(WorkerStamps stamps) => new(stamps.OfViewer);

    /// <summary>Made with the system's own key.</summary>
    public static ViewerTokens Minted(string signingKey, TimeProvider time)
    {
        var minter = new TokenMinter(signingKey, time);
        var minted = new ConcurrentDictionary<int, string>();
        return new(group => minted.GetOrAdd(
            group,
            static (number, minter) => minter.Mint(
                Tenant, string.Create(CultureInfo.InvariantCulture, $"loadtest-viewer-{number}"), "read:*", Lifetime),
            minter));
    }

    /// <summary>The token of viewer number <paramref name="viewer"/>.</summary>
    public string TokenOf(int viewer) => _tokenOf(viewer / ViewersOfSubject);
}
