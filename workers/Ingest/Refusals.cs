using System.Text.Json;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Ingest;

/// <summary>Refuses requests as a whole: answers with a problem document, and counts.</summary>
internal sealed class Refusals(IngestOptions options, IngestMetrics metrics)
{
    /// <summary>Something is wrong with the request.</summary>
    public Task BadRequestAsync(
        HttpContext context, IngestKind kind, string detail, IReadOnlyList<ProblemError>? errors = null) =>
        WriteAsync(context, kind, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, detail, errors);

    /// <summary>The content type is not one that is read.</summary>
    public Task MediaTypeAsync(HttpContext context, IngestKind kind, string rule) =>
        WriteAsync(
            context, kind, StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType, rule,
            [new ProblemError("header: Content-Type", rule)]);

    /// <summary>The body could not be read.</summary>
    public Task BodyAsync(HttpContext context, IngestKind kind, BodyOutcome outcome, int bytesMax) => outcome switch
    {
        BodyOutcome.TooLarge => WriteAsync(
            context, kind, StatusCodes.Status413PayloadTooLarge, ErrorCodes.TooLarge,
            $"The body is larger than {bytesMax} bytes; send it in parts."),
        BodyOutcome.Overloaded => WriteAsync(
            context, kind, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
            $"The worker holds as many bytes of requests as it may ({options.InFlightBytesMax}); send it again later.",
            retryAfter: options.RetryAfter),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "It was read."),
    };

    /// <summary>The grants do not cover it.</summary>
    public Task ForbiddenAsync(
        HttpContext context, IngestKind kind, string detail, IReadOnlyList<ProblemError>? errors = null) =>
        WriteAsync(context, kind, StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, detail, errors);

    /// <summary>What is there already contradicts it.</summary>
    public Task ConflictAsync(
        HttpContext context, IngestKind kind, string code, string detail,
        IReadOnlyList<ProblemError>? errors = null, Action<Utf8JsonWriter>? members = null) =>
        WriteAsync(context, kind, StatusCodes.Status409Conflict, code, detail, errors, null, members);

    /// <summary>Live readers are too far behind.</summary>
    public Task PressureAsync(
        HttpContext context, IngestKind kind, string detail, Pressure? pressure,
        IReadOnlyList<ProblemError>? errors = null) =>
        WriteAsync(
            context, kind, StatusCodes.Status429TooManyRequests, ErrorCodes.Pressure, detail, errors,
            options.RetryAfter, pressure is { } known ? json => PublishAnswer.WritePressure(json, known) : null);

    /// <summary>The log is away or full.</summary>
    public Task LogUnavailableAsync(
        HttpContext context, IngestKind kind, string detail, IReadOnlyList<ProblemError>? errors = null) =>
        WriteAsync(
            context, kind, StatusCodes.Status503ServiceUnavailable, ErrorCodes.LogUnavailable, detail, errors,
            options.RetryAfter);

    /// <summary>Anything else.</summary>
    public Task WriteAsync(
        HttpContext context, IngestKind kind, int status, string code, string detail,
        IReadOnlyList<ProblemError>? errors = null, TimeSpan? retryAfter = null, Action<Utf8JsonWriter>? members = null)
    {
        metrics.Refused(kind, code);
        return Problem.WriteAsync(context, status, code, detail, errors, retryAfter, members);
    }
}
