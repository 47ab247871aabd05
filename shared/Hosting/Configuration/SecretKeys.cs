namespace Realtime.Hosting.Configuration;

/// <summary>Which configuration values are never shown.</summary>
public static class SecretKeys
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "***";

    private const int ShownMax = 80;

    private static readonly string[] Words = ["password", "secret", "key", "token"];

    /// <summary>
    /// The value as it may be shown to an operator: masked if secret, else one line of at most 80 characters.
    /// </summary>
    public static string Show(string key, string value)
    {
        if (IsSecret(key, value))
        {
            return Mask;
        }

        string shown = value.Length > ShownMax ? value[..ShownMax] + "…" : value;
        return shown.Length == 0 ? "\"\"" : string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }

    /// <summary>
    /// Whether a value is hidden: some part of its key contains password, secret, key or token, or the value itself
    /// holds a password as connection strings (<c>password=…</c>) and addresses (<c>user:…@host</c>) do.
    /// </summary>
    public static bool IsSecret(string key, string value) =>
        Words.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase))
        || value.Contains("password", StringComparison.OrdinalIgnoreCase)
        || value.Contains('@', StringComparison.Ordinal);
}
