using System.Text.Json;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Ingest;

/// <summary>
/// Refusals of requests as a whole, with the codes, words and waits that both ways in have in common.
/// </summary>
internal sealed class Refusals(IngestOptions options)
{
    /// <summary>Something is wrong with the request.</summary>
    public static IngestAnswer.Refused BadRequest(string detail, params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, detail) { Errors = errors };

    /// <summary>The content type is not one that is read.</summary>
    public static IngestAnswer.Refused MediaType(string rule) =>
        new(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType, rule)
        {
            Errors = [new ProblemError("header: Content-Type", rule)],
        };

    /// <summary>The body could not be read.</summary>
    public IngestAnswer.Refused Body(BodyOutcome outcome, int bytesMax) => outcome switch
    {
        BodyOutcome.TooLarge => TooLarge(
            ErrorCodes.TooLarge, $"The body is larger than {bytesMax} bytes; send it in parts."),
        BodyOutcome.Overloaded => Limited(
            $"The worker holds as many bytes of requests as it may ({options.InFlightBytesMax}); send it again later."),
        BodyOutcome.TooSlow => new IngestAnswer.Refused(
            StatusCodes.Status408RequestTimeout, ErrorCodes.TooSlow,
            $"The body did not come within {options.BodyTimeout.TotalSeconds:0.#} s, or at less than 240 bytes a "
                + "second; nothing was stored. Send it again, on a slow link in smaller parts."),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "It was read."),
    };

    /// <summary>Something is larger or more than allowed.</summary>
    public static IngestAnswer.Refused TooLarge(
        string code, string detail, params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status413PayloadTooLarge, code, detail) { Errors = errors };

    /// <summary>There is too much of it for now.</summary>
    public IngestAnswer.Refused Limited(string detail) =>
        new(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, detail) { RetryAfter = options.RetryAfter };

    /// <summary>A budget over all workers is used up for so long.</summary>
    public static IngestAnswer.Refused Limited(
        string detail, TimeSpan retryAfter, params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, detail)
        {
            Errors = errors,
            RetryAfter = TimeSpan.FromMilliseconds(Math.Ceiling(retryAfter.TotalMilliseconds)),
        };

    /// <summary>The grants do not cover it.</summary>
    public static IngestAnswer.Refused Forbidden(string detail, params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, detail) { Errors = errors };

    /// <summary>What is there already contradicts it.</summary>
    public static IngestAnswer.Refused Conflict(
        string code, string detail, Action<Utf8JsonWriter>? writeMembers = null,
        params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status409Conflict, code, detail) { Errors = errors, WriteMembers = writeMembers };

    /// <summary>Live readers are too far behind.</summary>
    public IngestAnswer.Refused Pressure(
        string detail, Pressure? pressure, params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status429TooManyRequests, ErrorCodes.Pressure, detail)
        {
            Errors = errors,
            RetryAfter = options.RetryAfter,
            WriteMembers = pressure is { } known ? json => PublishAnswer.WritePressure(json, known) : null,
            Pressure = pressure,
        };

    /// <summary>The log is away or full.</summary>
    public IngestAnswer.Refused LogUnavailable(string detail, params IReadOnlyList<ProblemError> errors) =>
        new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.LogUnavailable, detail)
        {
            Errors = errors,
            RetryAfter = options.RetryAfter,
        };
}
