using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Drain;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Internal;

/// <summary>
/// <c>/internal/status</c>, <c>/internal/drain</c> and <c>/internal/undrain</c>, and the same of one edge's
/// connections. All answer with the status behind it.
/// </summary>
internal sealed class DrainEndpoints(WorkerDrain drain, DrainOptions options, StatusWriter status)
{
    public async Task StatusAsync(HttpContext context)
    {
        if (await InternalAnswer.CheckAsync(context, new QueryReader(context.Request.Query)))
        {
            await AnswerAsync(context, StatusCodes.Status200OK);
        }
    }

    public async Task DrainAsync(HttpContext context)
    {
        if (await ReadAsync(context) is { } order)
        {
            bool isTaken = drain.Order(order);
            await AnswerAsync(context, isTaken ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
        }
    }

    public async Task UndrainAsync(HttpContext context)
    {
        if (!await InternalAnswer.CheckAsync(context, new QueryReader(context.Request.Query)))
        {
            return;
        }

        if (drain.TryUndrain())
        {
            await AnswerAsync(context, StatusCodes.Status200OK);
            return;
        }

        await Problem.WriteAsync(
            context, StatusCodes.Status409Conflict, ErrorCodes.Stopping,
            "The process is ending; start it again instead.");
    }

    public async Task DrainEdgeAsync(HttpContext context, string edge)
    {
        if (await ReadAsync(context, edge) is { } order)
        {
            drain.OrderEdge(edge, order);
            await AnswerAsync(context, StatusCodes.Status202Accepted);
        }
    }

    public async Task UndrainEdgeAsync(HttpContext context, string edge)
    {
        var query = new QueryReader(context.Request.Query);
        CheckEdge(query, edge);
        if (await InternalAnswer.CheckAsync(context, query))
        {
            drain.UndrainEdge(edge);
            await AnswerAsync(context, StatusCodes.Status200OK);
        }
    }

    private async Task<DrainOrder?> ReadAsync(HttpContext context, string? edge = null)
    {
        var query = new QueryReader(context.Request.Query);
        var order = new DrainOrder(
            query.ReadDuration("deadline", DrainOptions.DeadlineMin, DrainOptions.DeadlineMax) ?? options.Deadline,
            (int?)query.ReadNumber("pace", 1, DrainOptions.PaceMax) ?? options.Pace,
            context.GetOperator().Edge);
        CheckEdge(query, edge);
        return await InternalAnswer.CheckAsync(context, query) ? order : null;
    }

    private static void CheckEdge(QueryReader query, string? edge)
    {
        if (edge is not null && !EntityName.IsValid(edge))
        {
            query.RefuseAt("path: edge", $"must be a name: {EntityName.Rule}");
        }
    }

    private Task AnswerAsync(HttpContext context, int code) => InternalAnswer.WriteAsync(context, code, status.Write);
}
