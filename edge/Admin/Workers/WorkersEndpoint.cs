using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Admin.Workers;

/// <summary><c>GET /admin/workers</c> and <c>GET /admin/workers/{id}</c>.</summary>
internal sealed class WorkersEndpoint(EdgeOptions edge, WorkerTable workers, WorkerAsk ask)
{
    public async Task ListAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        WorkerDocument[] documents = await Task.WhenAll(
            workers.All.Select(worker => DocumentAsync(worker, context.RequestAborted)));
        await AdminJson.WriteAsync(context, new WorkersDocument(edge.EdgeId, [.. documents]));
    }

    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
        }
        else if (await AdminTarget.WorkerAsync(context, workers) is { } worker)
        {
            await AdminJson.WriteAsync(context, await DocumentAsync(worker, context.RequestAborted));
        }
    }

    private async Task<WorkerDocument> DocumentAsync(Worker worker, CancellationToken cancellationToken)
    {
        // One that leaves probes unanswered would leave this unanswered too, and hold up all others' answers.
        WorkerWord word = worker.State == WorkerState.Unreachable
            ? new(worker, StatusCodes.Status502BadGateway, default, "It does not answer /readyz.")
            : await ask.AskAsync(worker, HttpMethod.Get, "/internal/status", cancellationToken);
        return WorkerDocument.Of(worker, word);
    }
}
