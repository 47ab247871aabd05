using System.Text.Json;

namespace Realtime.Cli.Admin;

/// <summary>How far a drain is, in a line.</summary>
internal static class DrainText
{
    /// <summary>Of a worker's or edge's document.</summary>
    public static string Of(JsonElement document)
    {
        string state = AdminTable.TextOf(document, "state");
        if (!document.TryGetProperty("drain", out JsonElement drain) || drain.ValueKind != JsonValueKind.Object)
        {
            return state;
        }

        string how = state == "drained"
            ? $"{AdminTable.TextOf(drain, "cut")} cut"
            : $"{AdminTable.TextOf(drain, "pace")} a second, until {AdminTable.TextOf(drain, "deadline_at")}";
        return $"{state}: {AdminTable.TextOf(drain, "left")} of {AdminTable.TextOf(drain, "connections")} left, {how}, "
            + $"by {AdminTable.TextOf(drain, "by")}";
    }
}
