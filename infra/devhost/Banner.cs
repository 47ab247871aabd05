using System.Text;
using Realtime.Devhost.SignIn;

namespace Realtime.Devhost;

/// <summary>
/// What a newcomer reads at start: lines to copy that work as they stand, in the order in which they are of use, then
/// where everything is.
/// </summary>
internal static class Banner
{
    // Tokens stand in one line only; the others use its names, as the README's lines do.
    private const string PublishAndWatch = """
        Publish an event:
          curl --cacert "$CA" -H "Authorization: Bearer $PUBLISHER" -H "Content-Type: application/json" \
            "$EDGE/v1/events" -d '{"channel":"messages","type":"agent.message","agent":"a1","payload":{"text":"Hello"}}'
        Watch events (server-sent events; Ctrl-C ends it):
          curl -N --cacert "$CA" -H "Authorization: Bearer $VIEWER" "$EDGE/sse/agents?snapshot=true"
        Watch events on a WebSocket (Node.js):
          npx -y wscat --ca "$CA" -s realtime.v1.json -H "Authorization: Bearer $VIEWER" \
            -c "wss://${EDGE#https://}/ws/agents?channels=agents,messages"
        Run a command whose terminal others see (the `realtime` tool, at the top of the sources; there is more: --help):
          REALTIME_URL="$EDGE" REALTIME_CA="$CA" REALTIME_TOKEN="$PUBLISHER" \
            dotnet run -c Release --project infra/cli -- exec --task mine -- ls -l
        """;

    /// <summary>The text.</summary>
    /// <param name="ready">Addresses and tokens.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="agents">The demo agents, if any.</param>
    /// <param name="task">The first task of one of them.</param>
    public static string Write(
        ReadyFile ready, DevhostOptions options, IReadOnlyList<string> agents, string? task)
    {
        var text = new StringBuilder();
        text.AppendLine(SignInText.OfBanner(ready.Page));
        text.AppendLine($"Realtime is up, everything in process {Environment.ProcessId}. Ctrl-C or SIGTERM ends it.");
        text.AppendLine();
        text.AppendLine(
            $"In another shell, first this line (its tokens are valid for {DevhostTokens.Lifetime.TotalHours:0} h):");
        text.Append($"  export EDGE='{ready.Edge}' CA='{ready.Ca}' VIEWER='{ready.Tokens["viewer"]}'");
        text.AppendLine($" PUBLISHER='{ready.Tokens["publisher"]}'");
        text.AppendLine(PublishAndWatch);
        if (task is not null)
        {
            text.AppendLine("See what an agent's terminal showed:");
            text.Append("  curl --cacert \"$CA\" -H \"Authorization: Bearer $VIEWER\" ");
            text.AppendLine($"\"$EDGE/v1/tasks/{task}/terminal?from=start\"");
        }

        text.AppendLine("See and steer the workers, as operators do (there is more: admin --help):");
        text.AppendLine($"  export REALTIME_ADMIN='{ready.Admin}' REALTIME_CA=\"$CA\"");
        text.AppendLine($"  export REALTIME_ADMIN_TOKEN='{ready.AdminToken}'");
        text.AppendLine("  dotnet run -c Release --project infra/cli -- admin workers");
        text.AppendLine();
        WritePlaces(text, ready, options, agents);
        return text.ToString();
    }

    private static void WritePlaces(
        StringBuilder text, ReadyFile ready, DevhostOptions options, IReadOnlyList<string> agents)
    {
        text.AppendLine($"  edge      {ready.Edge}");
        text.AppendLine($"  admin     {ready.Admin}");
        text.AppendLine($"  ca        {ready.Ca}   (self-made; clients must be told to trust it)");
        foreach (ReadyWorker worker in ready.Workers)
        {
            text.AppendLine($"  worker    {worker.Id} on {worker.Address}");
        }

        if (agents.Count > 0)
        {
            text.AppendLine($"  demo      {string.Join(", ", agents)}   (none by --no-demo)");
        }

        text.AppendLine(options.Redis is null
            ? "  log       in memory, NOT durable: all is gone when this process ends; else --redis HOST:PORT"
            : $"  log       Redis at {options.Redis}");
    }
}
