using System.Reflection;
using System.Text.Json;
using Realtime.Hosting.Health;
using Realtime.Workers.Connections;
using Realtime.Workers.Drain;

namespace Realtime.Workers.Internal;

/// <summary>What this worker is and does, for operators.</summary>
internal sealed class StatusWriter(
    WorkerOptions worker, WorkerDrain drain, ConnectionRegistry registry, IEnumerable<LoadFigure> load,
    IEnumerable<ServedRole> roles, TimeProvider clock)
{
    private static readonly string Version =
        typeof(StatusWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    private readonly long _startedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly LoadFigure[] _load = [.. load];
    private readonly string[] _roles =
        [.. roles.Select(static role => role.Role == WorkerRole.Ingest ? "ingest" : "stream").Order()];

    /// <summary>Writes the members of the status.</summary>
    public void Write(Utf8JsonWriter json)
    {
        (DrainState state, DrainProgress? progress) = drain.Status;
        json.WriteString("worker", worker.Name);
        json.WriteString("version", Version);
        json.WriteNumber("started_at", _startedAt);
        json.WriteString("state", state switch
        {
            DrainState.Draining => "draining",
            DrainState.Drained => "drained",
            _ => "serving",
        });
        json.WriteStartArray("roles");
        foreach (string role in _roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
        WriteConnections(json);
        WriteDrain(json, progress);
        WriteEdges(json);
        json.WriteStartObject("load");
        foreach (LoadFigure figure in _load)
        {
            json.WriteNumber(figure.Name, figure.Read());
        }

        json.WriteEndObject();
    }

    private void WriteConnections(Utf8JsonWriter json)
    {
        int[] count = new int[Enum.GetValues<ConnectionKind>().Length];
        foreach (RegisteredConnection connection in registry.All)
        {
            count[(int)connection.Kind]++;
        }

        json.WriteStartObject("connections");
        json.WriteNumber("viewers", count[(int)ConnectionKind.Viewer]);
        json.WriteNumber("producers", count[(int)ConnectionKind.Producer]);
        json.WriteNumber("streams", count[(int)ConnectionKind.Stream]);
        json.WriteEndObject();
        json.WriteStartObject("places");
        json.WriteNumber("used", registry.Places);
        json.WriteNumber("max", registry.PlacesMax);
        json.WriteEndObject();
    }

    private void WriteEdges(Utf8JsonWriter json)
    {
        IReadOnlyDictionary<string, DrainProgress> drains = drain.Edges;
        Dictionary<string, int> edges = drains.Keys.ToDictionary(
            static edge => edge, static _ => 0, StringComparer.Ordinal);
        foreach (RegisteredConnection connection in registry.All)
        {
            if (connection.Edge is { } edge)
            {
                edges[edge] = edges.GetValueOrDefault(edge) + 1;
            }
        }

        json.WriteStartArray("edges");
        foreach ((string edge, int connections) in edges.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("edge", edge);
            json.WriteNumber("connections", connections);
            WriteDrain(json, drains.GetValueOrDefault(edge));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDrain(Utf8JsonWriter json, DrainProgress? progress)
    {
        if (progress is null)
        {
            json.WriteNull("drain");
            return;
        }

        json.WriteStartObject("drain");
        json.WriteNumber("started_at", progress.StartedAt.ToUnixTimeMilliseconds());
        json.WriteNumber("deadline_at", progress.DeadlineAt.ToUnixTimeMilliseconds());
        json.WriteNumber("pace", progress.Pace);
        json.WriteNumber("asked_pace", progress.AskedPace);
        json.WriteNumber("connections", progress.Connections);
        json.WriteNumber("left", progress.Left);
        json.WriteNumber("sent", progress.Sent);
        json.WriteNumber("cut", progress.Cut);
        json.WriteString("by", progress.By);
        json.WriteEndObject();
    }
}
