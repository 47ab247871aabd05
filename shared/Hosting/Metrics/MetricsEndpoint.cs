using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Hosting.Metrics;

/// <summary><c>GET /metrics</c>: everything that was measured, as Prometheus reads it.</summary>
internal sealed class MetricsEndpoint(
    MetricsOptions options, MetricsReaders readers, ExpositionMetrics metrics, IServiceProvider services,
    TimeProvider clock)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task AnswerAsync(HttpContext context, bool isGuarded)
    {
        if (isGuarded && !readers.Admit(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"realtime metrics\"";
            await Problem.WriteAsync(
                context, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized,
                "Send Authorization: Bearer and a token of telemetry:metrics of the configuration.");
            return;
        }

        if (!options.Enabled)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status404NotFound, ErrorCodes.NotFound,
                "Metrics are off here: telemetry:metrics:enabled is false.");
            return;
        }

        long startedAt = clock.GetTimestamp();
        ReadOnlyMemory<byte>? text = await ReadAsync(context.RequestAborted);
        metrics.Scraped(text is null ? "timeout" : "answered", clock.GetElapsedTime(startedAt));
        if (text is not { } body)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.RateLimited,
                "The metrics could not be read in time; others read them too. Ask again later.",
                retryAfter: RetryAfter);
            return;
        }

        HttpResponse response = context.Response;
        response.ContentType = PrometheusText.ContentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        await response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken gone)
    {
        using var timeout = new CancellationTokenSource(options.ScrapeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gone);
        try
        {
            return await services.GetRequiredService<MetricsPipeline>().ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return null;
        }
    }
}
