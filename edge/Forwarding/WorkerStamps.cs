using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Identity;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// Signs what workers are to believe, for the one that is asked: by its clock, since those of hosts may be minutes
/// apart, and under the name by which it knows itself.
/// </summary>
/// <remarks>
/// The worker's clock comes with <c>/readyz</c>, which nobody signs: who can change what workers answer could have
/// stamps made for a later time. How far is bounded by <c>clock_offset_max</c>; stamps beyond it are the worker's to
/// refuse.
/// </remarks>
internal sealed partial class WorkerStamps(
    WorkerTable workers, IdentityStamp identities, OperatorStamp operators, IdentityStampOptions stamps,
    ForwardingOptions options, EdgeOptions edge, EdgeMetrics metrics, ILogger<WorkerStamps> logger)
{
    /// <summary>Puts the identity on what is just being sent to a worker.</summary>
    public ValueTask OnRequest(RequestTransformContext request)
    {
        HttpContext context = request.HttpContext;
        DestinationState destination = context.GetReverseProxyFeature().ProxiedDestination
            ?? throw new InvalidOperationException("The proxy forwards without saying to whom.");
        string stamp = Sign(context, workers.Of(destination));
        request.ProxyRequest.Headers.Remove(IdentityStamp.Header);
        request.ProxyRequest.Headers.TryAddWithoutValidation(IdentityStamp.Header, stamp);
        return ValueTask.CompletedTask;
    }

    /// <summary>Whose request it is, for the worker that is asked.</summary>
    public string Sign(HttpContext context, Worker worker) =>
        identities.Sign(context.Features.GetRequiredFeature<Identity>(), AheadOf(worker));

    /// <summary>The word of an operator for a worker.</summary>
    public string SignOperator(Worker worker, string method, string target) => operators.Sign(
        method, target, NameOf(worker), edge.EdgeId, AheadOf(worker));

    /// <summary>What a worker calls itself, or this edge calls it, as far as it has not said.</summary>
    public static string NameOf(Worker worker) => worker.Report?.Name ?? worker.Id;

    /// <summary>By how much a worker's clock is ahead of ours, within what is believed.</summary>
    private TimeSpan AheadOf(Worker worker)
    {
        TimeSpan ahead = worker.Clock.Ahead;
        bool isApart = ahead.Duration() > stamps.ClockSkew;
        if (worker.Clock.TryBecome(isApart))
        {
            Tell(worker, ahead, isApart);
        }

        TimeSpan most = options.ClockOffsetMax;
        return ahead > most ? most : ahead < -most ? -most : ahead;
    }

    private void Tell(Worker worker, TimeSpan ahead, bool isApart)
    {
        if (isApart)
        {
            metrics.ClockApart();
            Log.Apart(logger, worker.Id, ahead.TotalSeconds);
        }
        else
        {
            Log.Together(logger, worker.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The clock of worker {Worker} is ahead of this edge's by {Seconds:0.0} s. What it is to believe is signed"
            + " by its clock, within connection_plane:edge:forwarding:clock_offset_max; correct the wrong one.")]
        public static partial void Apart(ILogger logger, string worker, double seconds);

        [LoggerMessage(2, LogLevel.Information, "The clocks of worker {Worker} and this edge are together again.")]
        public static partial void Together(ILogger logger, string worker);
    }
}
