using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Admin.Workers;

/// <summary>
/// <c>POST /admin/workers/{id}/drain</c> and <c>…/undrain</c>: the worker owns its drain, any edge orders it.
/// </summary>
internal sealed class WorkerDrainEndpoint(WorkerTable workers, WorkerAsk ask, WorkerProbes probes)
{
    public async Task DrainAsync(HttpContext context)
    {
        (AdminQuery query, TimeSpan? deadline, int? pace) = DrainOrderQuery.Read(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
        }
        else
        {
            await OrderAsync(context, "/internal/drain" + DrainOrderQuery.Write(deadline, pace), isDrain: true);
        }
    }

    public async Task UndrainAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
        }
        else
        {
            await OrderAsync(context, "/internal/undrain", isDrain: false);
        }
    }

    private async Task OrderAsync(HttpContext context, string target, bool isDrain)
    {
        if (await AdminTarget.WorkerAsync(context, workers) is not { } worker)
        {
            return;
        }

        // Not the caller's to break off: nobody would know whether it was done. The worker's time is limited anyway.
        WorkerWord word = await ask.AskAsync(worker, HttpMethod.Post, target, CancellationToken.None);
        if (!word.IsGood)
        {
            await AdminTarget.RefuseAsync(context, word);
            return;
        }

        if (isDrain)
        {
            worker.OrderedToDrain();
        }
        else
        {
            await probes.LookAsync(worker, CancellationToken.None);
        }

        await AdminJson.WriteAsync(context, WorkerDocument.Of(worker, word), word.Status);
    }
}
