using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Partitions;

/// <summary>
/// <c>GET /admin/partitions</c>: how full the log's partitions are, and how far behind their readers.
/// </summary>
internal sealed class PartitionsEndpoint(WorkerAsk ask)
{
    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context, "tenant");
        string? tenant = query.Name("tenant");
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        string target = "/internal/partitions" + (tenant is null ? string.Empty : $"?tenant={tenant}");
        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(HttpMethod.Get, target, context.RequestAborted);
        double[] skews =
        [
            .. words.Select(word => word.Part("skew")).OfType<JsonElement>()
                .Where(skew => skew.ValueKind == JsonValueKind.Number).Select(skew => skew.GetDouble()),
        ];
        await AdminJson.WriteAsync(context, new PartitionsDocument(
            [.. PartitionDocument.Among(words)],
            skews.Length == 0 ? null : skews.Max(),
            WorkerAnswer.Among(words),
            Unanswered.Among(words)));
    }
}
