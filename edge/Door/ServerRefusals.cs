using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Realtime.Edge.Door;

/// <summary>
/// Counts what the server itself refuses, before any code of ours sees a request: heads that are too large, too slow,
/// or none. It tells so by a diagnostic event alone.
/// </summary>
internal sealed class ServerRefusals(DiagnosticListener server, EdgeMetrics metrics)
    : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // That one event only: others cost time at each request as soon as somebody listens.
        _subscription = server.Subscribe(this, static (name, _, _) => name == Event);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // With an answer under way it is about a body that nobody wanted to the end: what was answered was counted.
        if (value.Key == Event && value.Value is IFeatureCollection features
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException refused
            && features.Get<IHttpResponseFeature>() is not { HasStarted: true })
        {
            metrics.Refused(EdgeStage.Door, ReasonOf(refused.StatusCode));
        }
    }

    public void OnCompleted()
    {
        // The process ends.
    }

    public void OnError(Exception error)
    {
        // It never says so.
    }

    private static EdgeRefusal ReasonOf(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout => EdgeRefusal.SlowHead,
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status414UriTooLong
            or StatusCodes.Status431RequestHeaderFieldsTooLarge => EdgeRefusal.HeadTooLarge,
        _ => EdgeRefusal.BadHead,
    };
}
