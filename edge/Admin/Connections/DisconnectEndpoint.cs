using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin.Connections;

/// <summary><c>POST /admin/connections/disconnect</c>: one session, or all of a tenant or subject.</summary>
internal sealed class DisconnectEndpoint(WorkerAsk ask)
{
    public async Task PostAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context, "session", "tenant", "subject", "reconnect");
        string? session = query.Text("session");
        string? tenant = query.Name("tenant");
        string? subject = query.Text("subject");
        string reconnect = query.OneOf("reconnect", "true", "false") ?? "true";
        if (!query.IsWrong && session is null && tenant is null && subject is null)
        {
            query.Wrong("session, tenant or subject", "must be given, at least one of them: whom to disconnect");
        }

        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        string target = $"/internal/connections/disconnect?reconnect={reconnect}"
            + Part("session", session) + Part("tenant", tenant) + Part("subject", subject);
        // Not the caller's to break off: some would have done it, and nobody would know which.
        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(HttpMethod.Post, target, CancellationToken.None);
        if (words.All(word => !word.IsGood))
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status502BadGateway, ErrorCodes.BadGateway,
                "No worker did it. "
                + string.Join(' ', words.Select(word => $"Worker {word.Worker.Id}: {word.Error}")));
            return;
        }

        WorkerDisconnects[] done =
        [
            .. words.Where(word => word.IsGood)
                .Select(word => new WorkerDisconnects(word.Worker.Id, word.Number("disconnected"))),
        ];
        await AdminJson.WriteAsync(
            context,
            new DisconnectDocument(done.Sum(one => one.Disconnected), [.. done], Unanswered.Among(words)));
    }

    private static string Part(string name, string? value) =>
        value is null ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
}
