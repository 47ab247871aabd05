using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Connections;

/// <summary><c>GET /admin/connections</c>: the workers' lists, as one.</summary>
internal sealed class ConnectionsEndpoint(WorkerAsk ask)
{
    private const int LimitMax = 1_000;
    private const int LimitDefault = 100;

    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context, "tenant", "subject", "edge", "kind", "limit", "after");
        string?[] filters =
        [
            Part("tenant", query.Name("tenant")),
            Part("subject", query.Text("subject")),
            Part("edge", query.Name("edge")),
            Part("kind", query.OneOf("kind", "viewer", "producer", "stream")),
            Part("after", query.Text("after")),
        ];
        int limit = query.Number("limit", 1, LimitMax) ?? LimitDefault;
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        // Each may have all of what is to be shown.
        string target = string.Create(CultureInfo.InvariantCulture, $"/internal/connections?limit={limit}")
            + string.Concat(filters.OfType<string>());
        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(HttpMethod.Get, target, context.RequestAborted);
        JsonObject[] found =
        [
            .. words.SelectMany(word => word.List("connections").Select(one => Of(word.Worker.Id, one)))
                .OrderBy(one => one["session"]?.ToString(), StringComparer.Ordinal),
        ];
        await AdminJson.WriteAsync(context, new ConnectionsDocument(
            [.. found.Take(limit)],
            words.Sum(word => word.Number("total")),
            found.Length > limit || words.Any(word => word.Part("more") is { ValueKind: JsonValueKind.True }),
            Unanswered.Among(words)));
    }

    private static JsonObject Of(string worker, JsonElement connection)
    {
        JsonObject named = JsonObject.Create(connection)!;
        named["worker"] = worker;
        return named;
    }

    private static string? Part(string name, string? value) =>
        value is null ? null : $"&{name}={Uri.EscapeDataString(value)}";
}
