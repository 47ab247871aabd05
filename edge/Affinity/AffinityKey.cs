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
    private const string PublishPath = Traffic.ApiPath + "/publish";

    /// <summary>The key; null for a plain request that any worker serves as well.</summary>
    public static string? Of(HttpContext context, Identity identity)
    {
        if (TryGetTask(context.Request, out string task))
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

    private static bool TryGetTask(HttpRequest request, out string task)
    {
        string path = request.Path.Value ?? "";
        string? prefix = path.StartsWith(TerminalPath, StringComparison.OrdinalIgnoreCase) ? TerminalPath
            : path.StartsWith(TaskPath, StringComparison.OrdinalIgnoreCase) ? TaskPath
            : null;

        // A producer's socket may be about many tasks; it can name the one that it is mostly about.
        bool isPublish = path.Equals(PublishPath, StringComparison.OrdinalIgnoreCase);
        task = prefix is not null ? path[prefix.Length..].Split('/', 2)[0]
            : isPublish ? request.Query["task"].FirstOrDefault() ?? ""
            : "";
        return task.Length > 0;
    }
}
