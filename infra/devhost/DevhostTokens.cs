using Realtime.Hosting.Identity;

namespace Realtime.Devhost;

/// <summary>The tokens that a run hands out.</summary>
internal static class DevhostTokens
{
    /// <summary>The tenant that demo agents and viewers belong to.</summary>
    public const string Tenant = "demo";

    /// <summary>How long they are valid: a working day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Mints them, by the names of the ready file.</summary>
    public static IReadOnlyDictionary<string, string> Mint(string signingKey, TimeProvider time)
    {
        var minter = new TokenMinter(signingKey, time);
        return new Dictionary<string, string>
        {
            ["viewer"] = minter.Mint(Tenant, "devhost-viewer", "read:*", Lifetime),
            ["publisher"] = minter.Mint(Tenant, "devhost-publisher", "publish:*", Lifetime),
        };
    }
}
