using System.Text.Json;
using System.Text.Json.Serialization;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Admin;

/// <summary><c>GET /admin/workers</c>.</summary>
internal sealed class WorkersEndpoint(EdgeOptions edge, WorkerTable workers)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public Task GetAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(
            new WorkersDocument(edge.EdgeId, [.. workers.All.Select(WorkerDocument.Of)]), Json, context.RequestAborted);
}
