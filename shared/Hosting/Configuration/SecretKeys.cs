using System.Globalization;

namespace Realtime.Hosting.Configuration;

/// <summary>Which configuration values are never shown.</summary>
public static class SecretKeys
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "***";

    private const int ShownMax = 80;
    private const int HarmlessLengthMax = 16;

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
    /// The value of a key that nobody knows: masked, unless it is as plain as no secret is (a short number, a
    /// duration, true or false). A secret whose key is mistyped is still one.
    /// </summary>
    internal static string ShowUnknown(string key, string value) =>
        IsHarmless(value) ? Show(key, value) : Mask;

    /// <summary>
    /// Whether a value is hidden: its key contains password, secret, key or token (and is no limit, <c>…_max</c>, nor
    /// the path of a file, <c>…_file</c>), it is of a list of headers, or the value itself holds a password as
    /// connection strings (<c>password=…</c>) and addresses (<c>user:…@host</c>) do, or a secret as queries do
    /// (<c>?apikey=…</c>).
    /// </summary>
    public static bool IsSecret(string key, string value) =>
        !(key.EndsWith("_file", StringComparison.OrdinalIgnoreCase) && IsPath(value)) && HoldsSecret(key, value);

    private static bool HoldsSecret(string key, string value) =>
        (Words.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase))
            && !key.EndsWith("_max", StringComparison.OrdinalIgnoreCase))
        || IsHeaders(key)
        || value.Contains("password", StringComparison.OrdinalIgnoreCase)
        || value.Contains('@', StringComparison.Ordinal)
        || Words.Any(word => value.Contains(word + "=", StringComparison.OrdinalIgnoreCase));

    // Who writes the secret itself where its file is wanted has not told it to the log by that: what is shown begins as
    // paths do and holds nothing that names of files have no need of.
    private static bool IsPath(string value) =>
        (value.StartsWith('/') || value.StartsWith("./", StringComparison.Ordinal)
            || value.StartsWith("../", StringComparison.Ordinal) || Path.IsPathFullyQualified(value))
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '\\' or ':' or '.' or '_' or '-' or ' ');

    // `…:headers`, and `…:headers:0` of its elements: what is sent along to collectors is mostly a key.
    private static bool IsHeaders(string key) =>
        key.Split(':').Any(static part => part.Equals("headers", StringComparison.OrdinalIgnoreCase));

    private static bool IsHarmless(string value) =>
        bool.TryParse(value, out _) || DurationText.TryParse(value, out _)
        || (value.Length <= HarmlessLengthMax && double.TryParse(value, CultureInfo.InvariantCulture, out _));
}
