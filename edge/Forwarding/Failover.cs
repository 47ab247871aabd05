using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Edge.Affinity;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Hosting.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// Asks the ranked workers one after another until one takes the request. Nothing is asked twice that may have been
/// done once: a next worker is tried only if the last did nothing, or if doing it again does no harm, and only with a
/// whole body.
/// </summary>
internal sealed partial class Failover(
    RequestDelegate next, TunnelForwarder tunnels, ForwardingOptions options, ForwardingAnswer answer,
    EdgeMetrics metrics, TimeProvider clock, ILogger<Failover> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        long startedAt = clock.GetTimestamp();
        TrafficKind kind = Traffic.KindOf(context);
        (ImmutableArray<Worker> workers, bool isLastResort) = context.Features.GetRequiredFeature<RankedWorkers>();
        WatchedBody? body = kind == TrafficKind.WebSocket ? null : WatchedBody.Watch(context);
        AttemptOutcome outcome = AttemptOutcome.Refused;
        int attempts = 0;
        for (int i = 0; i < workers.Length && attempts < options.AttemptsMax; i++)
        {
            // Somebody else's attempt is finding out about this one just now.
            if (Attempt.TryBegin(context, workers[i], isLastResort, options, clock) is not { } attempt)
            {
                continue;
            }

            try
            {
                if (attempts++ > 0)
                {
                    ForgetAnswer(context);
                }

                outcome = await AttemptAsync(context, workers[i], attempt, kind, body);
            }
            finally
            {
                // What took the connection disposes of it.
                if (!IsTaken(context))
                {
                    attempt.Dispose();
                }
            }

            metrics.Attempted(outcome);
            if (outcome is AttemptOutcome.Unreachable or AttemptOutcome.Refused)
            {
                Log.NotTaken(logger, context.TraceIdentifier, workers[i].Id, outcome);
                Rest(context, workers[i], isOnlyOne: workers.Length == 1);
            }

            if (body is { IsTouched: true } || !MayAskNext(context, kind, outcome))
            {
                break;
            }
        }

        if (kind == TrafficKind.Request)
        {
            metrics.Spent(EdgeStage.Forwarding, clock.GetElapsedTime(startedAt));
        }

        await answer.WriteAsync(context, outcome);
        metrics.Responded(kind, context.Response.StatusCode);
    }

    private async Task<AttemptOutcome> AttemptAsync(
        HttpContext context, Worker worker, Attempt attempt, TrafficKind kind, WatchedBody? body)
    {
        AttemptOutcome outcome;
        worker.Begin(kind);
        try
        {
            outcome = kind == TrafficKind.WebSocket
                ? await tunnels.ForwardAsync(context, worker, attempt)
                : await ProxyAsync(context, worker, attempt, kind, body);
        }
        finally
        {
            if (!IsTaken(context))
            {
                worker.End(kind);
            }
        }

        attempt.Judge(outcome);
        if (TakenConnection.Of(context) is { IsTaken: true } taken)
        {
            Leave(context, worker, attempt, taken);
            return outcome;
        }

        if (attempt.GivenUp is { } reason)
        {
            TellGivenUp(context.TraceIdentifier, worker, reason);
            // What waits to be sent would keep the socket for as long as the client likes.
            context.Abort();
        }

        if (kind == TrafficKind.WebSocket && context.Response.HasStarted)
        {
            EndedStream.AbortAfter(context, options.Linger, clock);
        }

        return outcome;
    }

    /// <summary>The tunnel goes on without the request: what is due at its end will be done then.</summary>
    private void Leave(HttpContext context, Worker worker, Attempt attempt, TakenConnection taken)
    {
        attempt.Leave(taken);
        string connectionId = context.TraceIdentifier;
        taken.WhenOver(() =>
        {
            worker.End(TrafficKind.WebSocket);
            if (attempt.GivenUp is { } reason)
            {
                TellGivenUp(connectionId, worker, reason);
                taken.Abort();
            }

            EndedStream.AbortAfter(taken, options.Linger, clock);
            attempt.Dispose();
        });
    }

    private static bool IsTaken(HttpContext context) => TakenConnection.Of(context) is { IsTaken: true };

    private void TellGivenUp(string connectionId, Worker worker, ConnectionCut reason)
    {
        metrics.Cut(reason);
        Log.GivenUp(logger, connectionId, worker.Id, reason);
    }

    private async Task<AttemptOutcome> ProxyAsync(
        HttpContext context, Worker worker, Attempt attempt, TrafficKind kind, WatchedBody? body)
    {
        context.GetReverseProxyFeature().AvailableDestinations = worker.Destination;
        using WatchedClient? watching = kind == TrafficKind.EventStream ? new(context, attempt) : null;
        await next(context);
        return OutcomeOf(context, attempt, body);
    }

    /// <summary>
    /// Spares the others the same attempt until the next probe knows more. Not where there is nobody else to ask: a
    /// worker that a storm of connections keeps busy is better than none. Nor one that is merely full: it takes
    /// requests.
    /// </summary>
    private void Rest(HttpContext context, Worker worker, bool isOnlyOne)
    {
        bool isFull = context.Features.Get<WorkerRefusal>() is { IsOfAll: false };
        if (!isOnlyOne && !isFull)
        {
            worker.RestFor(options.ProbeInterval);
        }
    }

    private static AttemptOutcome OutcomeOf(HttpContext context, Attempt attempt, WatchedBody? body)
    {
        if (context.Features.Get<WorkerRefusal>() is not null)
        {
            return AttemptOutcome.Refused;
        }

        if (context.Response.HasStarted || context.GetForwarderErrorFeature() is not { } error)
        {
            return AttemptOutcome.Answered;
        }

        if (attempt.IsClientGone)
        {
            return AttemptOutcome.ClientGone;
        }

        return error.Error switch
        {
            // A worker that waits for its client's body is not at fault.
            _ when attempt.IsLate && body is { IsTouched: true, IsThrough: false } => AttemptOutcome.SlowBody,
            _ when attempt.IsLate => AttemptOutcome.NotAnswered,
            ForwarderError.RequestTimedOut => AttemptOutcome.NotAnswered,
            ForwarderError.RequestBodyClient => AttemptOutcome.BodyFault,
            _ when IsUnreachable(error.Exception) => AttemptOutcome.Unreachable,
            _ => AttemptOutcome.BrokenOff,
        };
    }

    private static bool IsUnreachable(Exception? error) => error is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError
    };

    private static bool MayAskNext(HttpContext context, TrafficKind kind, AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Unreachable or AttemptOutcome.Refused => true,
        AttemptOutcome.BrokenOff => kind != TrafficKind.Request || IsSafe(context.Request.Method),
        // A request has waited long enough; a connection's wait is short.
        AttemptOutcome.NotAnswered => kind != TrafficKind.Request,
        _ => false,
    };

    /// <summary>RFC 9110, 9.2.1.</summary>
    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static void ForgetAnswer(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<WorkerRefusal>(null);
        context.Features.Set<IForwarderErrorFeature>(null);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId}: worker {Worker} did not take it, {Outcome}.")]
        public static partial void NotTaken(ILogger logger, string connectionId, string worker, AttemptOutcome outcome);

        [LoggerMessage(2, LogLevel.Debug, "Connection {ConnectionId} to worker {Worker} was given up: {Reason}.")]
        public static partial void GivenUp(ILogger logger, string connectionId, string worker, ConnectionCut reason);
    }
}
