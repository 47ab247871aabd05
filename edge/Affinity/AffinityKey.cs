using Realtime.Hosting.Identity;

namespace Realtime.Edge.Affinity;

/// <summary>
/// What belongs together on one worker, so that it reads and encodes once for all: the viewers and producers of a
/// terminal, the viewers of an agent. The tenant is in every key: no tenant can choose names so as to share another's
/// worker.
/// </summary>
internal static class AffinityKey
{
    private const string TerminalPath = "/ws/terminal/";
    private const string TaskPath = Traffic.ApiPath + "/tasks/";

    /// <summary>The key; null for a plain request that any worker serves as well.</summary>
    public static string? Of(HttpContext context, Identity identity)
    {
        string path = context.Request.Path.Value ?? "";
        if (TryGetTask(path, out string task))
        {
            return $"{identity.Tenant}\0task\0{task}";
        }

        if (Traffic.KindOf(context) == TrafficKind.Request)
        {
            return null;
        }

        string? agent = context.Request.Query["agents"].FirstOrDefault()?.Split(',', 2)[0].Trim();
        return string.IsNullOrEmpty(agent)
            ? $"{identity.Tenant}\0subject\0{identity.Subject}\0{identity.ConnectionId}"
            : $"{identity.Tenant}\0agent\0{agent}";
    }

    private static bool TryGetTask(string path, out string task)
    {
        string? prefix = path.StartsWith(TerminalPath, StringComparison.OrdinalIgnoreCase) ? TerminalPath
            : path.StartsWith(TaskPath, StringComparison.OrdinalIgnoreCase) ? TaskPath
            : null;
        task = prefix is null ? "" : path[prefix.Length..].Split('/', 2)[0];
        return task.Length > 0;
    }
}
