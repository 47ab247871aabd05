namespace Realtime.Cli.Admin;

/// <summary>Queries of requests to edges: what was given, escaped. What it must be, the edge says.</summary>
internal static class AdminQueryText
{
    public static string Of(params (string Name, string? Value)[] parts)
    {
        string query = string.Join('&', parts.Where(part => part.Value is not null)
            .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? string.Empty : $"?{query}";
    }
}
