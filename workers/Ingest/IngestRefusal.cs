using Realtime.Protocol.Messages;

namespace Realtime.Workers.Ingest;

/// <summary>What a producer is told of an event that was not stored.</summary>
/// <param name="Code">Of <see cref="ErrorCodes"/>.</param>
/// <param name="Detail">What it means and what to do.</param>
/// <param name="IsRetryable">Whether the same event may be sent again.</param>
internal readonly record struct IngestRefusal(string Code, string Detail, bool IsRetryable)
{
    private static readonly IngestRefusal Conflict = new(
        ErrorCodes.Conflict, "Its key was used for another event lately; give a new event a new key.", false);

    private static readonly IngestRefusal StaleProducer = new(
        ErrorCodes.StaleProducer, "A later life of this producer, with a higher epoch, is at work: stop.", false);

    private static readonly IngestRefusal ProducerGap = new(
        ErrorCodes.ProducerGap, "Events before it are missing; send from expected on.", false);

    private static readonly IngestRefusal Pressure = new(
        ErrorCodes.Pressure, "The slowest live reader of its stream is too far behind; send it again later.", true);

    private static readonly IngestRefusal RateLimited = new(
        ErrorCodes.RateLimited, "More was sent in a second than is allowed; send it again after retry_after_ms.", true);

    private static readonly IngestRefusal AfterRefused = new(
        ErrorCodes.AfterRefused, "An event before it in its stream was refused; mend that one, then send both.", true);

    private static readonly IngestRefusal LogUnavailable = new(
        ErrorCodes.LogUnavailable, "The log did not answer; send it again, with a key to have it stored once.", true);

    private static readonly IngestRefusal Internal = new(
        ErrorCodes.Internal, "Something went wrong here, and was logged; send it again, with a key or a number.", true);

    /// <summary>What stands for a status that is neither stored nor duplicate.</summary>
    public static IngestRefusal Of(IngestStatus status) => status switch
    {
        IngestStatus.Conflict => Conflict,
        IngestStatus.StaleProducer => StaleProducer,
        IngestStatus.ProducerGap => ProducerGap,
        IngestStatus.Internal => Internal,
        IngestStatus.Pressure => Pressure,
        IngestStatus.RateLimited => RateLimited,
        IngestStatus.AfterRefused => AfterRefused,
        IngestStatus.LogUnavailable => LogUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "It was not refused."),
    };
}
