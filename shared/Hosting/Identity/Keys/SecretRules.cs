namespace Realtime.Hosting.Identity.Keys;

/// <summary>What lists of shared secrets must be, at start and whenever their file changes.</summary>
internal static class SecretRules
{
    // Base64 of how public keys begin that stand without a PEM's lines, as consoles of identity providers show them.
    private const string BareRsa = "BgkqhkiG9w0BAQEF";
    private const string BareEc = "MFkwEwYHKoZIzj0CAQYI";

    /// <summary>The rule that they break, for operators, nothing of them in it; null if they are right.</summary>
    public static string? BrokenBy(IReadOnlyCollection<string> secrets, int countMax, bool isDevelopment)
    {
        // Before the count: a PEM is several lines. As a secret, what is published would let everybody sign.
        if (secrets.Any(IsPublicKeyOrPem))
        {
            return "holds a PEM, JWK or public key, which is no shared secret";
        }

        if (secrets.Count == 0 || secrets.Count > countMax)
        {
            return $"must hold 1 to {countMax} keys";
        }

        if (!secrets.All(SecretFile.IsKey))
        {
            return $"holds a key of less than {SecretFile.KeyBytesMin} bytes";
        }

        return !isDevelopment && secrets.Any(PublicSecrets.Contains) ? PublicSecrets.Rule : null;
    }

    private static bool IsPublicKeyOrPem(string secret) =>
        secret.Contains("-----BEGIN ", StringComparison.Ordinal)
        || secret.Contains("\"kty\"", StringComparison.Ordinal)
        || secret.AsSpan().TrimStart() is var text
            && (text.StartsWith(BareEc) || (text.StartsWith("MII") && text[..Math.Min(32, text.Length)].Contains(
                BareRsa, StringComparison.Ordinal)));
}
