using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Realtime.Edge.Admin.Asking;
using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin.Revocations;

/// <summary>
/// <c>/admin/revocations</c>: ordered of every worker at once; who is not reached learns it from the log.
/// </summary>
internal sealed class RevocationsEndpoint(WorkerAsk ask, TimeProvider clock)
{
    private const int LimitMax = 1_000;
    private const int LimitDefault = 100;
    private const int IdLengthMax = 512;
    private const string Path = "/internal/revocations";

    /// <summary>Revokes a tenant, a subject or a token.</summary>
    public async Task PostAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context, "tenant", "subject", "token_id", "reason");
        string target = Whom(query) + Part("reason", Line(query, "reason"));
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        // One time for all of them, so that they refuse the same tokens.
        long at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        target += string.Create(CultureInfo.InvariantCulture, $"&at={at}");

        // Not the caller's to break off: some would have done it, and nobody would know which.
        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(HttpMethod.Post, target, CancellationToken.None);
        if (words.All(word => !word.IsGood))
        {
            await RefuseAsync(context, words);
            return;
        }

        bool isStored = words.Any(word => word.Flag("stored"));
        var document = new RevokedDocument(
            at,
            words.Max(word => word.Number("until")),
            isStored,
            words.Sum(word => word.Number("disconnected")),
            [
                .. words.Select(word => new WorkerRevocation(
                    word.Worker.Id, word.IsGood, word.Number("disconnected"), word.Error)),
            ]);
        await AdminJson.WriteAsync(context, document, isStored && words.All(word => word.IsGood)
            ? StatusCodes.Status200OK
            : StatusCodes.Status202Accepted);
    }

    /// <summary>Undoes one.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context, "tenant", "subject", "token_id");
        string target = Whom(query);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(HttpMethod.Delete, target, CancellationToken.None);
        if (words.All(word => !word.IsGood))
        {
            await RefuseAsync(context, words);
            return;
        }

        var document = new UndoneDocument(
            words.Any(word => word.Flag("undone")),
            [.. words.Select(word => new WorkerUndo(word.Worker.Id, word.Flag("undone"), word.Error))]);
        await AdminJson.WriteAsync(context, document, words.All(word => word.IsGood)
            ? StatusCodes.Status200OK
            : StatusCodes.Status202Accepted);
    }

    /// <summary>Lists them.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context, "tenant", "limit", "after");
        string filters = Part("tenant", query.Name("tenant")) + Part("after", Id(query, "after"));
        int limit = query.Number("limit", 1, LimitMax) ?? LimitDefault;
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        string target = string.Create(CultureInfo.InvariantCulture, $"{Path}?limit={limit}{filters}");
        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(HttpMethod.Get, target, context.RequestAborted);
        JsonObject[] found =
        [
            .. words.SelectMany(word => word.List("revocations").Select(one => JsonObject.Create(one)!))
                .DistinctBy(one => one["id"]?.ToString(), StringComparer.Ordinal)
                .OrderBy(one => one["id"]?.ToString(), StringComparer.Ordinal),
        ];
        await AdminJson.WriteAsync(context, new RevocationsDocument(
            [.. found.Take(limit)],
            words.Max(word => word.Number("total")),
            found.Length > limit || words.Any(word => word.Flag("more")),
            Unanswered.Among(words)));
    }

    private static string Whom(AdminQuery query)
    {
        string? tenant = query.Name("tenant");
        string? subject = Line(query, "subject");
        string? token = Line(query, "token_id");
        if (!query.IsWrong && tenant is null)
        {
            query.Wrong("tenant", "must be given: whose tokens are meant");
        }

        if (subject is not null && token is not null)
        {
            query.Wrong("subject or token_id", "must be given alone: one of the two, or none for the whole tenant");
        }

        return $"{Path}?tenant={tenant}{Part("subject", subject)}{Part("token_id", token)}";
    }

    // As a list shows them: t:TENANT/, s:TENANT/SUBJECT, j:TENANT/TOKEN.
    private static string? Id(AdminQuery query, string name)
    {
        string? text = query.Text(name, IdLengthMax);
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || (slash > 2 && text[0] is 't' or 's' or 'j' && text[1] == ':'
            && EntityName.IsValid(text.AsSpan(2, slash - 2)) && !text.Any(char.IsControl)))
        {
            return text;
        }

        query.Wrong(name, "must be an id of the list, such as s:acme/ann");
        return null;
    }

    private static string? Line(AdminQuery query, string name)
    {
        string? text = query.Text(name);
        if (text?.Any(char.IsControl) == true)
        {
            query.Wrong(name, "must hold no control characters");
        }

        return text;
    }

    /// <summary>Nobody did it: what all of them say for a reason of their own is passed on.</summary>
    private static Task RefuseAsync(HttpContext context, ImmutableArray<WorkerWord> words)
    {
        int status = words[0].Status is StatusCodes.Status507InsufficientStorage
            or StatusCodes.Status503ServiceUnavailable && words.All(word => word.Status == words[0].Status)
            ? words[0].Status
            : StatusCodes.Status502BadGateway;
        string code = status switch
        {
            StatusCodes.Status507InsufficientStorage => ErrorCodes.TooMany,
            StatusCodes.Status503ServiceUnavailable => ErrorCodes.LogUnavailable,
            _ => ErrorCodes.BadGateway,
        };
        return Problem.WriteAsync(
            context, status, code,
            "No worker did it. " + string.Join(' ', words.Select(word => $"Worker {word.Worker.Id}: {word.Error}")));
    }

    private static string Part(string name, string? value) =>
        value is null ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
}
