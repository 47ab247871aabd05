using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Log.Tickets;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Budgets;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Tickets;

/// <summary>
/// <c>POST /v1/tickets</c>: something that opens one connection, for who can set no header and must put no token into
/// an address.
/// </summary>
internal sealed class TicketsEndpoint(
    IPartitionedLog log, RateBudgets budgets, TicketOptions options, TicketMetrics metrics, TimeProvider clock)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(HttpContext context)
    {
        if (await TicketBody.ReadAsync(context.Request, context.RequestAborted) is not { } body)
        {
            await RefuseAsync(
                context, StatusCodes.Status413PayloadTooLarge, ErrorCodes.TooLarge,
                $"The body is larger than {TicketBody.BytesMax} bytes.");
            return;
        }

        if (body.Length > 0 && !MediaTypes.IsJson(context.Request.ContentType))
        {
            await RefuseAsync(
                context, StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType,
                "The body must be application/json, or empty.");
            return;
        }

        List<ProblemError> errors = [.. new QueryReader(context.Request.Query).Errors];
        var wanted = TicketRequest.Read(body, errors);
        string? origin = wanted.Origin
            ?? (context.Request.Headers.Origin.Count > 0 ? context.Request.Headers.Origin.ToString() : null);
        if (origin is not null && !TicketRequest.IsOrigin(origin))
        {
            errors.Add(new("header: Origin", "must be one origin, as a browser sends it"));
        }

        if (errors.Count > 0)
        {
            await RefuseAsync(
                context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, "The request has errors.", errors);
            return;
        }

        await IssueAsync(context, context.GetIdentity(), wanted, origin);
    }

    private async Task IssueAsync(HttpContext context, Identity identity, TicketRequest wanted, string? origin)
    {
        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan tokenLeft = identity.ExpiresAt - now;
        if (tokenLeft <= TimeSpan.Zero)
        {
            await RefuseAsync(
                context, StatusCodes.Status401Unauthorized, ErrorCodes.TokenExpired,
                "The token has expired. Get a fresh one.");
            return;
        }

        Grants? grants = wanted.Scope is { } scope ? ScopeNarrowing.Narrow(identity.Grants, scope) : identity.Grants;
        if (grants is null or { Scope.Length: 0 })
        {
            await RefuseAsync(
                context, StatusCodes.Status403Forbidden, ErrorCodes.Forbidden,
                "The token's grants cover nothing of what the ticket is to allow.");
            return;
        }

        TimeSpan wait = await budgets.TakeTicketAsync(identity.Tenant, context.RequestAborted);
        if (wait > TimeSpan.Zero)
        {
            await RefuseAsync(
                context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                "More tickets of this tenant were asked for in a second than is allowed. Ask again later.",
                retryAfter: wait);
            return;
        }

        TimeSpan lifetime = wanted.Lifetime ?? options.Lifetime;
        lifetime = lifetime < tokenLeft ? lifetime : tokenLeft;
        var record = new TicketRecord
        {
            Tenant = identity.Tenant,
            Subject = identity.Subject,
            Scope = grants.Scope,
            TokenId = identity.TokenId,
            IssuedAt = identity.IssuedAt?.ToUnixTimeSeconds(),
            TokenLeft = tokenLeft,
            Origin = origin,
        };
        string ticket = Ticket.Create();
        if (await TryKeepAsync(context, Ticket.HashOf(ticket), record, lifetime))
        {
            metrics.Issued();
            await Answering.WriteAsync(context, StatusCodes.Status201Created, json =>
            {
                json.WriteString("ticket"u8, ticket);
                json.WriteNumber("expires_at"u8, (now + lifetime).ToUnixTimeMilliseconds());
                json.WriteString("scope"u8, grants.Scope);
            });
        }
    }

    private async Task<bool> TryKeepAsync(HttpContext context, string hash, TicketRecord record, TimeSpan lifetime)
    {
        try
        {
            if (await log.Tickets.TryAddAsync(
                hash, record, lifetime, options.OutstandingMax, context.RequestAborted))
            {
                return true;
            }

            await RefuseAsync(
                context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                $"This tenant has {options.OutstandingMax} tickets that were not used yet, which is the limit. "
                + "Use them, or wait until they end.",
                retryAfter: RetryAfter);
        }
        catch (LogUnavailableException unavailable)
        {
            await RefuseAsync(
                context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.LogUnavailable,
                LogTrouble.DetailOfRead(unavailable.Reason), retryAfter: RetryAfter);
        }

        return false;
    }

    private Task RefuseAsync(
        HttpContext context, int status, string code, string detail, IReadOnlyList<ProblemError>? errors = null,
        TimeSpan? retryAfter = null)
    {
        metrics.RefusedAtIssue(code);
        return Problem.WriteAsync(context, status, code, detail, errors, retryAfter);
    }
}
