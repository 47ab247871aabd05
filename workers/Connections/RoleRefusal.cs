using Realtime.Hosting.Health;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Connections;

/// <summary>
/// What a worker answers that does not do what was asked: the edge goes to the next one, and this one stays in service
/// for the rest. An edge that knows the roles doesn't come here; one that has not probed yet does.
/// </summary>
internal static class RoleRefusal
{
    /// <summary>Maps the paths of a role that this worker does not have.</summary>
    public static IEndpointRouteBuilder MapRefusals(this IEndpointRouteBuilder endpoints, WorkerRole role)
    {
        Delegate refuse = (HttpContext context) => RefuseAsync(context, role);
        (string[] Methods, string[] Paths)[] served = role == WorkerRole.Ingest
            ?
            [
                ([HttpMethods.Post],
                [
                    "/v1/events", "/v1/tasks/{task}/terminal", "/v1/tasks/{task}/terminal/end",
                    "/v1/tasks/{task}/terminal/resize",
                ]),
                (WebSocketHandshake.Methods, ["/v1/publish"]),
            ]
            :
            [
                ([HttpMethods.Get], ["/v1/events", "/v1/agents", "/v1/tasks/{task}/terminal", "/sse/agents"]),
                (WebSocketHandshake.Methods, ["/ws/agents", "/ws/terminal/{task}"]),
            ];
        foreach ((string[] methods, string[] paths) in served)
        {
            foreach (string path in paths)
            {
                endpoints.MapMethods(path, methods, refuse);
            }
        }

        return endpoints;
    }

    private static Task RefuseAsync(HttpContext context, WorkerRole role)
    {
        context.Response.Headers[Refusals.Header] = "role";
        return Problem.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.NoWorker,
            role == WorkerRole.Ingest
                ? "This worker takes nothing in; another one does."
                : "This worker serves no viewers; another one does.",
            retryAfter: TimeSpan.FromSeconds(1));
    }
}
