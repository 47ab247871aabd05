using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Admin.Settings;

/// <summary><c>GET /admin/configuration</c>: what edge and workers run with, and where it comes from.</summary>
internal sealed class ConfigurationEndpoint(EdgeOptions edge, EffectiveConfiguration configuration, WorkerAsk ask)
{
    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(
            HttpMethod.Get, "/internal/configuration", context.RequestAborted);
        await AdminJson.WriteAsync(
            context,
            new ConfigurationDocument(
                edge.EdgeId, [.. configuration.Read()], WorkerAnswer.Among(words), Unanswered.Among(words)));
    }
}
