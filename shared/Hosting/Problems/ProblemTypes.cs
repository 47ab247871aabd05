using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Realtime.Protocol.Messages;

namespace Realtime.Hosting.Problems;

/// <summary>The table of problem types, one for each code of <see cref="ErrorCodes"/>.</summary>
internal static class ProblemTypes
{
    private static readonly FrozenDictionary<string, ProblemType> Types = new Dictionary<string, ProblemType>
    {
        [ErrorCodes.BadRequest] = new("The request is not what the protocol says.", Retry: false),
        [ErrorCodes.Unauthorized] = new("A valid token is required.", Retry: false),
        [ErrorCodes.TokenExpired] = new("The token has expired.", Retry: false),
        [ErrorCodes.TokenRevoked] = new("The token was revoked.", Retry: false),
        [ErrorCodes.AuthUnavailable] = new("The token cannot be verified now.", Retry: true),
        [ErrorCodes.BadTicket] = new("A valid ticket is required.", Retry: false),
        [ErrorCodes.Forbidden] = new("The token does not allow this.", Retry: false),
        [ErrorCodes.OriginNotAllowed] = new("Pages of this origin may not connect.", Retry: false),
        [ErrorCodes.CertificateRequired] = new("A client certificate is required.", Retry: false),
        [ErrorCodes.BadTenant] = new("The token's tenant is no valid name.", Retry: false),
        [ErrorCodes.NotFound] = new("There is no such thing.", Retry: false),
        [ErrorCodes.MethodNotAllowed] = new("The method is not allowed here.", Retry: false),
        [ErrorCodes.Conflict] = new("The idempotency key was used for something else.", Retry: false),
        [ErrorCodes.StaleProducer] = new("A later life of the producer is at work.", Retry: false),
        [ErrorCodes.ProducerGap] = new("Events before it are missing.", Retry: false),
        [ErrorCodes.Claimed] = new("The terminal belongs to another producer.", Retry: false),
        [ErrorCodes.Leased] = new("Another holds the lease.", Retry: false),
        [ErrorCodes.LeaseLost] = new("The lease is no longer held.", Retry: false),
        [ErrorCodes.Duplicate] = new("The id is in use.", Retry: false),
        [ErrorCodes.Hole] = new("Bytes before the offset are missing.", Retry: false),
        [ErrorCodes.Ended] = new("The terminal has ended.", Retry: false),
        [ErrorCodes.OtherEpoch] = new("The terminal is in another epoch.", Retry: false),
        [ErrorCodes.Gap] = new("What was asked for is no longer there, or not yet.", Retry: false),
        [ErrorCodes.TooLarge] = new("There are more bytes than allowed.", Retry: false),
        [ErrorCodes.TooMany] = new("There are more items than allowed.", Retry: false),
        [ErrorCodes.TooSlow] = new("The request's body came too slowly.", Retry: true),
        [ErrorCodes.UnsupportedMediaType] = new("The content type is not read here.", Retry: false),
        [ErrorCodes.RateLimited] = new("A limit is reached.", Retry: true),
        [ErrorCodes.Pressure] = new("The slowest reader is too far behind.", Retry: true),
        [ErrorCodes.AfterRefused] = new("An event before it was refused.", Retry: true),
        [ErrorCodes.LogUnavailable] = new("The log is not available.", Retry: true),
        [ErrorCodes.NoWorker] = new("No worker can take the request now.", Retry: true),
        [ErrorCodes.Draining] = new("The worker is leaving service.", Retry: true),
        [ErrorCodes.Stopping] = new("The process is ending.", Retry: false),
        [ErrorCodes.BadGateway] = new("A worker broke off.", Retry: true),
        [ErrorCodes.Internal] = new("Something went wrong here.", Retry: true),
    }.ToFrozenDictionary();

    /// <summary>The type of a code; one that is not in the table has the code for a title.</summary>
    public static ProblemType Of(string code) => Types.GetValueOrDefault(code, new ProblemType(code, Retry: false));

    /// <summary>The code and detail for a status that was set without a body; null if there is none for it.</summary>
    public static (string Code, string Detail)? OfStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => (ErrorCodes.BadRequest, "The request cannot be read."),
        StatusCodes.Status401Unauthorized => (ErrorCodes.Unauthorized, "A valid token is required."),
        StatusCodes.Status403Forbidden => (ErrorCodes.Forbidden, "The token does not allow this."),
        StatusCodes.Status404NotFound => (ErrorCodes.NotFound, "There is no such endpoint."),
        StatusCodes.Status405MethodNotAllowed =>
            (ErrorCodes.MethodNotAllowed, "The endpoint has other methods; see the header Allow."),
        StatusCodes.Status408RequestTimeout => (ErrorCodes.TooSlow, "The request's body came too slowly."),
        StatusCodes.Status413PayloadTooLarge => (ErrorCodes.TooLarge, "The request's body is larger than allowed."),
        StatusCodes.Status415UnsupportedMediaType =>
            (ErrorCodes.UnsupportedMediaType, "The content type is not read here."),
        StatusCodes.Status429TooManyRequests => (ErrorCodes.RateLimited, "A limit is reached."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            (ErrorCodes.TooLarge, "The request's headers are larger than allowed."),
        StatusCodes.Status500InternalServerError => (ErrorCodes.Internal, "Something went wrong here. It was logged."),
        StatusCodes.Status502BadGateway => (ErrorCodes.BadGateway, "A worker broke off."),
        StatusCodes.Status503ServiceUnavailable => (ErrorCodes.NoWorker, "No worker can take the request now."),
        _ => null,
    };
}
