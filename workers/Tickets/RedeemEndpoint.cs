using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Log.Tickets;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Connections;
using Realtime.Workers.Internal;
using Realtime.Workers.Queries;
using Realtime.Workers.Revocations;

namespace Realtime.Workers.Tickets;

/// <summary>
/// <c>POST /internal/tickets/redeem</c>: tells an edge whose a ticket is, and uses it up. The ticket stands in the
/// body, since addresses get into logs.
/// </summary>
internal sealed class RedeemEndpoint(
    IPartitionedLog log, RevocationSet revocations, TicketMetrics metrics, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        // What the stamp says of the body. An edge of before says nothing; nobody but an edge can leave it out, as the
        // query is signed.
        var query = new QueryReader(context.Request.Query);
        string? digest = query.ReadText("body");
        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        if (await ReadAsync(context, digest) is not { } asked)
        {
            metrics.RefusedAtRedeem("malformed");
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                "The body must be {\"ticket\":\"tk_...\",\"origin\":null}, and the one that was signed.");
            return;
        }

        // Before the ticket is used up: another worker may know.
        if (!revocations.IsKnown)
        {
            metrics.RefusedAtRedeem("starting");
            context.Response.Headers[Refusals.Header] = "starting";
            await Problem.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.NoWorker,
                "The worker does not know yet which tokens were revoked; the ticket was not used.");
            return;
        }

        try
        {
            await RedeemAsync(context, asked.Ticket, asked.Origin);
        }
        catch (LogUnavailableException unavailable)
        {
            metrics.RefusedAtRedeem("log_unavailable");
            await Problem.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.LogUnavailable,
                LogTrouble.DetailOfRead(unavailable.Reason), retryAfter: TimeSpan.FromSeconds(1));
        }
    }

    // One word for every way in which a ticket is not good: nobody learns which ones there are. Not by the client's
    // going, either: what is taken out must be answered.
    private async Task RedeemAsync(HttpContext context, string ticket, string? origin)
    {
        TicketRecord? record = Ticket.IsRight(ticket)
            ? await log.Tickets.TakeAsync(Ticket.HashOf(ticket), CancellationToken.None)
            : null;
        string? wrong = record is null ? "unknown" : WrongWith(record, origin);
        if (wrong is not null)
        {
            metrics.RefusedAtRedeem(wrong);
            await Problem.WriteAsync(
                context, StatusCodes.Status401Unauthorized, ErrorCodes.BadTicket, "The ticket opens nothing.");
            return;
        }

        metrics.Redeemed();
        await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, record!));
    }

    private string? WrongWith(TicketRecord record, string? origin)
    {
        if (record.TokenLeft <= TimeSpan.Zero || !Grants.TryParse(record.Scope, out Grants? grants))
        {
            return "expired";
        }

        if (record.Origin is { } bound && bound != origin)
        {
            return "origin";
        }

        return revocations.IsRevoked(new Identity
        {
            Tenant = record.Tenant,
            Subject = record.Subject,
            Grants = grants,
            TokenId = record.TokenId,
            IssuedAt = record.IssuedAt is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            ExpiresAt = clock.GetUtcNow() + record.TokenLeft,
        })
            ? "revoked"
            : null;
    }

    private static void Write(Utf8JsonWriter json, TicketRecord record)
    {
        json.WriteString("tenant", record.Tenant);
        json.WriteString("subject", record.Subject);
        json.WriteString("scope", record.Scope);
        json.WriteString("token_id", record.TokenId);
        if (record.IssuedAt is { } issuedAt)
        {
            json.WriteNumber("issued_at", issuedAt);
        }
        else
        {
            json.WriteNull("issued_at");
        }

        // A span, so that it means the same by the edge's clock.
        json.WriteNumber("token_left_ms", (long)record.TokenLeft.TotalMilliseconds);
    }

    private static async Task<(string Ticket, string? Origin)?> ReadAsync(HttpContext context, string? digest)
    {
        byte[]? body = await TicketBody.ReadAsync(context.Request, context.RequestAborted);
        bool isSigned = body is not null && (digest is null || digest == OperatorStamp.DigestOf(body));
        using JsonDocument? json = isSigned ? TicketBody.Parse(body!) : null;
        return json is not null
            && TicketBody.TryGetText(json.RootElement, "ticket", out string? ticket) && ticket is not null
            && TicketBody.TryGetText(json.RootElement, "origin", out string? origin)
            ? (ticket, origin)
            : null;
    }
}
