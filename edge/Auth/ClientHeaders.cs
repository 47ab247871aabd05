namespace Realtime.Edge.Auth;

/// <summary>
/// Headers by which a client could pass for an edge or for somebody behind another proxy. They are the edge's to set.
/// </summary>
internal static class ClientHeaders
{
    /// <summary>Of our own between edge and worker: identity, refusal, and whatever comes.</summary>
    public const string InternalPrefix = "Realtime-";

    private const string ForwardedPrefix = "X-Forwarded-";

    /// <summary>Removes them all.</summary>
    public static void Strip(IHeaderDictionary headers)
    {
        List<string>? stripped = null;
        foreach (string name in headers.Keys)
        {
            // Some servers take one for the other.
            if (IsInternal(name.Replace('_', '-')))
            {
                (stripped ??= []).Add(name);
            }
        }

        stripped?.ForEach(name => headers.Remove(name));
    }

    private static bool IsInternal(string name) =>
        name.StartsWith(InternalPrefix, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(ForwardedPrefix, StringComparison.OrdinalIgnoreCase)
        || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);
}
