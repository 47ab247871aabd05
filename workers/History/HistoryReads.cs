using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.History;

/// <summary>
/// What all reads over HTTP have in common: how many there may be, how they are refused, what is counted.
/// </summary>
internal sealed class HistoryReads(HistoryOptions options, HistoryMetrics metrics, TimeProvider clock) : IDisposable
{
    // How long a client is asked to wait when all places are taken, or while the log is away.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ReadPlaces _reads = new(options.ReadsMax, options.ReadsPerTenantMax);
    private readonly ReadPlaces _downloads = new(options.DownloadsMax, options.DownloadsPerTenantMax);

    /// <summary>Runs a read if there is a place for it, and answers 429 or 503 if there is none, or no log.</summary>
    public async Task RunAsync(HttpContext context, HistoryKind kind, Func<Task> readAsync)
    {
        long started = clock.GetTimestamp();
        ReadPlaces places = kind == HistoryKind.Terminal ? _downloads : _reads;
        using IDisposable? place = places.TryTake(context.GetIdentity().Tenant, out ReadRefusal refusal);
        if (place is null)
        {
            await RefusePlaceAsync(context, kind, refusal);
            return;
        }

        try
        {
            await readAsync();
            metrics.Answered(kind, clock.GetElapsedTime(started));
        }
        catch (LogUnavailableException unavailable) when (!context.Response.HasStarted)
        {
            await RefuseAsync(
                context, kind, StatusCodes.Status503ServiceUnavailable, ErrorCodes.LogUnavailable,
                LogTrouble.DetailOfRead(unavailable.Reason), retryAfter: RetryAfter);
        }
    }

    /// <summary>The address is wrong.</summary>
    public Task BadRequestAsync(HttpContext context, HistoryKind kind, QueryReader query) =>
        RefuseAsync(
            context, kind, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, "The address is wrong; see errors.",
            query.Errors);

    /// <summary>The grants do not cover it.</summary>
    public Task ForbiddenAsync(HttpContext context, HistoryKind kind) =>
        RefuseAsync(
            context, kind, StatusCodes.Status403Forbidden, ErrorCodes.Forbidden,
            "The token does not allow to read any of what was asked for.");

    /// <summary>Anything else.</summary>
    public Task RefuseAsync(
        HttpContext context, HistoryKind kind, int status, string code, string detail,
        IReadOnlyList<ProblemError>? errors = null, TimeSpan? retryAfter = null,
        Action<System.Text.Json.Utf8JsonWriter>? members = null)
    {
        metrics.Refused(kind, code);
        return Problem.WriteAsync(context, status, code, detail, errors, retryAfter, members);
    }

    private Task RefusePlaceAsync(HttpContext context, HistoryKind kind, ReadRefusal refusal)
    {
        bool isTenant = refusal == ReadRefusal.TenantPlaces;
        metrics.Refused(kind, isTenant ? "tenant_places" : "worker_places");
        return Problem.WriteAsync(
            context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
            isTenant
                ? "The tenant has as many reads of this kind under way as it may; ask again when one of them is done."
                : "The worker serves as many reads of this kind as it may; ask again later.",
            retryAfter: RetryAfter);
    }

    public void Dispose()
    {
        _reads.Dispose();
        _downloads.Dispose();
    }
}
