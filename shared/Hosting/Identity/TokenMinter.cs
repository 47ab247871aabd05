namespace Realtime.Hosting.Identity;

/// <summary>Makes HS256 tokens for development, demos, load and tests. Production tokens come from an identity provider.</summary>
/// <param name="signingKey">The key, used as its UTF-8 bytes, at least 32.</param>
/// <param name="clock">The clock.</param>
public sealed class TokenMinter(string signingKey, TimeProvider clock)
{
    /// <summary>Makes a token with the default claims (<c>sub</c>, <c>tenant</c>, <c>scope</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>jti</c>).</summary>
    public string Mint(
        string tenant, string subject, string scope, TimeSpan lifetime,
        string audience = "authenticated", string? issuer = null) =>
        throw new NotImplementedException($"{signingKey}{clock}");
}
