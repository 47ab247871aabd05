using System.Globalization;
using System.Text;
using Realtime.Devhost.SignIn;

namespace Realtime.Devhost;

/// <summary>What a newcomer reads at start: addresses, and lines to copy that work as they stand.</summary>
internal static class Banner
{
    private const string SampleEvent =
        "{\"channel\":\"agents\",\"type\":\"agent.status\",\"agent\":\"a1\",\"state_key\":\"agent:a1:status\","
        + "\"payload\":{\"status\":\"working\"}}";

    private const string JsonBody = "-H 'Content-Type: application/json'";

    /// <summary>The text.</summary>
    public static string Write(ReadyFile ready, DevhostOptions options, IReadOnlyList<string> agents)
    {
        var text = new StringBuilder();
        string socket = ready.Edge.Replace("https://", "wss://", StringComparison.Ordinal);
        string viewer = ready.Tokens["viewer"];
        string publisher = ready.Tokens["publisher"];
        string wscat = $"npx -y wscat --ca '{ready.Ca}' -s realtime.v1.json -H 'Authorization: Bearer";
        string curl = $"curl --cacert '{ready.Ca}' -H 'Authorization: Bearer";

        text.AppendLine(SignInText.OfBanner(ready.Page));
        Line(text, $"Realtime is up, everything in process {Environment.ProcessId}. SIGTERM or Ctrl-C ends it.");
        Line(text, $"");
        Line(text, $"  edge      {ready.Edge}");
        Line(text, $"  admin     {ready.Admin}");
        Line(text, $"  ca        {ready.Ca}   (self-made; clients must be told to trust it)");
        foreach (ReadyWorker worker in ready.Workers)
        {
            Line(text, $"  worker    {worker.Id} on {worker.Address}");
        }

        if (options.Redis is null)
        {
            Line(text, $"  log       embedded, in memory, NOT durable: all events are gone when this process ends.");
            Line(text, $"            Keep them in a Redis by --redis HOST:PORT.");
        }
        else
        {
            Line(text, $"  log       Redis at {options.Redis}");
        }

        if (agents.Count > 0)
        {
            Line(text, $"  demo      {string.Join(", ", agents)}   (tenant demo; none by --no-demo)");
        }

        Line(text, $"");
        Line(text, $"Lines to copy (their tokens are valid for {DevhostTokens.Lifetime.TotalHours} hours):");
        Line(text, $"");
        Line(text, $"# names for the lines of the README");
        Line(text, $"export EDGE='{ready.Edge}' CA='{ready.Ca}' VIEWER='{viewer}' PUBLISHER='{publisher}'");
        Line(text, $"# publish an event");
        Line(text, $"{curl} {publisher}' {JsonBody} -d '{SampleEvent}' '{ready.Edge}/v1/events'");
        Line(text, $"# watch events (server-sent events)");
        Line(text, $"{curl} {viewer}' -N '{ready.Edge}/sse/agents?snapshot=true'");
        Line(text, $"# watch events on a WebSocket");
        Line(text, $"{wscat} {viewer}' -c '{socket}/ws/agents?channels=agents,messages'");
        if (agents.Count > 0)
        {
            Line(text, $"# see what an agent's terminal showed");
            Line(text, $"{curl} {viewer}' '{ready.Edge}/v1/tasks/{agents[0]}-1/terminal?from=start'");
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
