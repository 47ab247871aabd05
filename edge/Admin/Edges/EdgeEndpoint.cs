using System.Diagnostics;
using System.Reflection;
using Realtime.Edge.Admin.Workers;
using Realtime.Edge.Draining;
using Realtime.Edge.Forwarding;
using Realtime.Edge.Limits;
using Realtime.Edge.Tls;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin.Edges;

/// <summary><c>GET /admin/edge</c>, <c>POST /admin/edge/drain</c> and <c>…/undrain</c>.</summary>
internal sealed class EdgeEndpoint(
    EdgeOptions edge, EdgeDrain drain, EdgeDrainOptions options, ConnectionLimitOptions limits, WorkerTable workers,
    EdgeCertificate certificate)
{
    private static readonly string Version =
        typeof(EdgeEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly long StartedAt = StartOfProcess();

    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        await AdminJson.WriteAsync(context, Document());
    }

    public async Task DrainAsync(HttpContext context)
    {
        (AdminQuery query, TimeSpan? deadline, int? pace) = DrainOrderQuery.Read(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        if (drain.IsLeaving)
        {
            await RefuseAsync(context);
            return;
        }

        if (drain.State == EdgeState.Drained)
        {
            await AdminJson.WriteAsync(context, Document());
            return;
        }

        drain.Begin(new EdgeDrainOrder(deadline ?? options.Deadline, pace ?? options.Pace, "operator"));
        await AdminJson.WriteAsync(context, Document(), StatusCodes.Status202Accepted);
    }

    public async Task UndrainAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
        }
        else if (await drain.TryUndoAsync(CancellationToken.None))
        {
            await AdminJson.WriteAsync(context, Document());
        }
        else
        {
            await RefuseAsync(context);
        }
    }

    private static Task RefuseAsync(HttpContext context) => Problem.WriteAsync(
        context, StatusCodes.Status409Conflict, ErrorCodes.Conflict,
        "The edge's process is ending, which can't be undone. Start it again.");

    private EdgeDocument Document()
    {
        Worker[] known = [.. workers.All];
        long connections = known.Sum(worker => worker.Connections);
        return new(
            edge.EdgeId, Version, StartedAt, drain.State, connections, known.Sum(worker => worker.Requests),
            new(connections, limits.ConnectionsMax), new(known.Length, known.Count(worker => worker.IsAvailable)),
            EdgeShownCertificate.Of(certificate), drain.Report(), drain.UndrainPending);
    }

    private static long StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds();
    }
}
