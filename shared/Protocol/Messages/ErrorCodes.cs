namespace Realtime.Protocol.Messages;

/// <summary>
/// Codes of <c>error</c> messages, of refused events in publish answers, and of problem documents (where they stand as
/// <c>code</c>). One table; each code has one meaning everywhere. The protocol document lists them with what to do.
/// </summary>
public static class ErrorCodes
{
    /// <summary>The message or body is not what the protocol says; its detail names the place.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>No token, or one that does not verify.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>The token has expired.</summary>
    public const string TokenExpired = "token_expired";

    /// <summary>The token, its subject or its tenant was revoked.</summary>
    public const string TokenRevoked = "token_revoked";

    /// <summary>
    /// The token cannot be verified now: the keys of its issuer are not available. Nothing was done. Retry.
    /// </summary>
    public const string AuthUnavailable = "auth_unavailable";

    /// <summary>
    /// The ticket opens nothing: unknown, used already, too old, or for another origin. Get a fresh one.
    /// </summary>
    public const string BadTicket = "bad_ticket";

    /// <summary>The token's grants do not cover what was asked.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The browser's page is of an origin that may not connect here.</summary>
    public const string OriginNotAllowed = "origin_not_allowed";

    /// <summary>Producers need a client certificate here.</summary>
    public const string CertificateRequired = "certificate_required";

    /// <summary>The token's tenant is no valid name.</summary>
    public const string BadTenant = "bad_tenant";

    /// <summary>No such endpoint, task, or subscription.</summary>
    public const string NotFound = "not_found";

    /// <summary>The method is not allowed here.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>The idempotency key was used for something else.</summary>
    public const string Conflict = "conflict";

    /// <summary>A later life of the producer has published; this one is to stop.</summary>
    public const string StaleProducer = "stale_producer";

    /// <summary>Events before this one are missing; send from <c>expected</c> on.</summary>
    public const string ProducerGap = "producer_gap";

    /// <summary>The terminal belongs to another producer, whose lease lives.</summary>
    public const string Claimed = "claimed";

    /// <summary>Another holds the lease.</summary>
    public const string Leased = "leased";

    /// <summary>The lease is to be renewed, but was lost, or given back.</summary>
    public const string LeaseLost = "lease_lost";

    /// <summary>The subscription's id is in use.</summary>
    public const string Duplicate = "duplicate_id";

    /// <summary>Bytes before the given terminal offset are missing.</summary>
    public const string Hole = "hole";

    /// <summary>The terminal has ended.</summary>
    public const string Ended = "ended";

    /// <summary>The terminal is in another epoch.</summary>
    public const string OtherEpoch = "other_epoch";

    /// <summary>What was asked for from an exact place is not there: no longer retained, or not yet written.</summary>
    public const string Gap = "gap";

    /// <summary>More bytes than allowed.</summary>
    public const string TooLarge = "too_large";

    /// <summary>More items than allowed.</summary>
    public const string TooMany = "too_many";

    /// <summary>The body of the request did not come in time. Retry, in smaller parts if the link is slow.</summary>
    public const string TooSlow = "too_slow";

    /// <summary>The content type is not one that is read here.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>A limit on rate or count is reached.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The slowest live reader is too far behind.</summary>
    public const string Pressure = "pressure";

    /// <summary>An event before it in the batch was refused.</summary>
    public const string AfterRefused = "after_refused";

    /// <summary>The log is away or full; nothing is known to be stored. Retry.</summary>
    public const string LogUnavailable = "log_unavailable";

    /// <summary>No worker can take the request now. Retry.</summary>
    public const string NoWorker = "no_worker";

    /// <summary>The worker is leaving service. Retry.</summary>
    public const string Draining = "draining";

    /// <summary>The process is ending, which can't be undone.</summary>
    public const string Stopping = "stopping";

    /// <summary>A worker broke off. Retry what is idempotent.</summary>
    public const string BadGateway = "bad_gateway";

    /// <summary>A fault of ours.</summary>
    public const string Internal = "internal";
}
