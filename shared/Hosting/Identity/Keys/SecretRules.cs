namespace Realtime.Hosting.Identity.Keys;

/// <summary>What lists of shared secrets must be, at start and whenever their file changes.</summary>
internal static class SecretRules
{
    /// <summary>The rule that they break, for operators, nothing of them in it; null if they are right.</summary>
    public static string? BrokenBy(IReadOnlyCollection<string> secrets, int countMax, bool isDevelopment)
    {
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
}
