using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.RateLimiting;
using Realtime.Edge.Affinity;
using Realtime.Edge.Auth;
using Realtime.Edge.Door;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// Has a worker redeem a ticket. As soon as one may have done it no other is asked: the ticket is used up then, and
/// who asks again would only be told that it is bad.
/// </summary>
internal sealed partial class TicketRedeemer(
    WorkerTable workers, WorkerRanking ranking, WorkerConnect connect, WorkerStamps stamps, ForwardingOptions options,
    DoorOptions door, TimeProvider clock, ILogger<TicketRedeemer> logger) : ITicketRedeemer, IDisposable
{
    private const string Path = "/internal/tickets/redeem";

    /// <summary>The longest scope and names, escaped.</summary>
    private const int AnswerBytesMax = 64 * 1024;

    private readonly HttpClient _client = new(connect.NewHandler())
    {
        MaxResponseContentBufferSize = AnswerBytesMax,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    // Strangers make tickets up at no cost, and each costs a worker a call, and the log another.
    private readonly ConcurrencyLimiter _places = new(new()
    {
        PermitLimit = door.RedeemsAtOnceMax,
        QueueLimit = 0,
    });

    public async ValueTask<TicketRedemption> RedeemAsync(
        string ticket, string? origin, CancellationToken requestAborted)
    {
        using RateLimitLease place = _places.AttemptAcquire();
        return place.IsAcquired
            ? await AskAsync(ticket, origin, requestAborted)
            : new TicketRedemption(TicketFailure.TooMany);
    }

    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    private async Task<TicketRedemption> AskAsync(string ticket, string? origin, CancellationToken requestAborted)
    {
        Worker[] all = [.. workers.All];
        Worker[] candidates = [.. all.Where(worker => worker.IsAvailable)];
        if (candidates.Length == 0)
        {
            candidates = [.. all.Where(worker => worker.IsLastResort)];
        }

        if (candidates.Length == 0)
        {
            return new TicketRedemption(TicketFailure.NoWorker);
        }

        byte[] body = Write(ticket, origin);
        foreach (Worker worker in ranking.ByRequests(candidates).Take(options.AttemptsMax))
        {
            if (await TryAskAsync(worker, body, isOnlyOne: candidates.Length == 1, requestAborted) is { } redemption)
            {
                return redemption;
            }
        }

        return new TicketRedemption(TicketFailure.NoWorker);
    }

    /// <summary>Asks one worker; null if it did nothing with it for sure.</summary>
    private async Task<TicketRedemption?> TryAskAsync(
        Worker worker, byte[] body, bool isOnlyOne, CancellationToken requestAborted)
    {
        using var timeout = new CancellationTokenSource(options.AcceptTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, requestAborted);
        // The stamp may be used again in its time: it is for this ticket and origin alone.
        var target = new Uri(new Uri(worker.Address), Path + OperatorStamp.QueryOf(body));
        using var request = new HttpRequestMessage(HttpMethod.Post, target);
        request.Headers.TryAddWithoutValidation(
            OperatorStamp.Header, stamps.SignOperator(worker, request.Method.Method, request.RequestUri!.PathAndQuery));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using HttpResponseMessage answer = await _client.SendAsync(request, either.Token);
            return Judge(worker, answer, await answer.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException) when (!requestAborted.IsCancellationRequested)
        {
            Log.NotAnswered(logger, worker.Id);
            return new TicketRedemption(TicketFailure.LogUnavailable);
        }
        catch (HttpRequestException error)
            when (error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            if (!isOnlyOne)
            {
                worker.RestFor(options.ProbeInterval);
            }

            return null;
        }
        catch (HttpRequestException)
        {
            Log.NotAnswered(logger, worker.Id);
            return new TicketRedemption(TicketFailure.LogUnavailable);
        }
    }

    private TicketRedemption? Judge(Worker worker, HttpResponseMessage answer, byte[] body)
    {
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return Read(body) is { } identity
                ? new TicketRedemption(identity)
                : new TicketRedemption(TicketFailure.Bad);
        }

        if (answer.Headers.Contains(WorkerRefusal.Header))
        {
            return null;
        }

        switch (CodeOf(body))
        {
            case ErrorCodes.BadTicket:
                return new TicketRedemption(TicketFailure.Bad);
            case ErrorCodes.LogUnavailable:
                return new TicketRedemption(TicketFailure.LogUnavailable);
            case ErrorCodes.Unauthorized or ErrorCodes.NotFound:
                // It does not believe us, or is of a version without tickets.
                Log.NotTaken(logger, worker.Id, (int)answer.StatusCode);
                return null;
            default:
                Log.NotTaken(logger, worker.Id, (int)answer.StatusCode);
                return new TicketRedemption(TicketFailure.LogUnavailable);
        }
    }

    private static byte[] Write(string ticket, string? origin) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string?> { ["ticket"] = ticket, ["origin"] = origin });

    // What it says was redeemed by a worker; its form is checked all the same, for workers of another version.
    private Identity? Read(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement json = document.RootElement;
            if (json.GetProperty("tenant").GetString() is not { } tenant || !EntityName.IsValid(tenant)
                || json.GetProperty("subject").GetString() is not { } subject
                || json.GetProperty("scope").GetString() is not { } scope
                || !Grants.TryParse(scope, out Grants? grants))
            {
                return null;
            }

            JsonElement issuedAt = json.GetProperty("issued_at");
            return new Identity
            {
                Tenant = tenant,
                Subject = subject,
                Grants = grants,
                TokenId = json.GetProperty("token_id").GetString(),
                IssuedAt = issuedAt.ValueKind == JsonValueKind.Number
                    ? DateTimeOffset.FromUnixTimeSeconds(issuedAt.GetInt64())
                    : null,
                ExpiresAt = clock.GetUtcNow() + TimeSpan.FromMilliseconds(json.GetProperty("token_left_ms").GetInt64()),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string? CodeOf(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("code", out JsonElement code)
                && code.ValueKind == JsonValueKind.String
                    ? code.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Worker {Worker} did not redeem a ticket: it answered {Status}.")]
        public static partial void NotTaken(ILogger logger, string worker, int status);

        [LoggerMessage(2, LogLevel.Debug, "Worker {Worker} did not say in time whether a ticket is good.")]
        public static partial void NotAnswered(ILogger logger, string worker);
    }
}
