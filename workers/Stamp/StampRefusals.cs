using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;
using Realtime.Workers.Connections;

namespace Realtime.Workers.Stamp;

/// <summary>
/// Answers to requests whose stamp is not believed. Where an edge has signed it, but its time can't be, that is never
/// the client's fault, so the edge is told to ask the next one.
/// </summary>
internal sealed partial class StampRefusals(
    StampMetrics metrics, IdentityStampOptions options, TimeProvider clock, ILogger<StampRefusals> logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private long _loggedAt = -1;

    /// <summary>Whoever sent it is no edge: 401.</summary>
    public Task WrongAsync(HttpContext context, string kind, bool isThere, string detail)
    {
        metrics.Refused(kind, isThere ? "wrong" : "missing");
        return Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, detail);
    }

    /// <summary>The clocks are apart: 503 with <c>Realtime-Refused: stamp</c>.</summary>
    public Task UntimelyAsync(HttpContext context, string kind)
    {
        metrics.Refused(kind, "time");
        if (IsToLog())
        {
            Log.Untimely(logger, kind, options.ClockSkew.TotalSeconds);
        }

        return WriteAsync(context, "The worker's clock and the edge's are apart; nothing was done. Try again.");
    }

    /// <summary>More orders than can be remembered; none is taken that might be a copy.</summary>
    public Task CrowdedAsync(HttpContext context)
    {
        metrics.Refused("operator", "crowded");
        return WriteAsync(context, "The worker was given more orders than it remembers; nothing was done. Try again.");
    }

    /// <summary>An order that was given already: 401, as whatever an edge did not send.</summary>
    public Task ReplayedAsync(HttpContext context)
    {
        metrics.Refused("operator", "replay");
        Log.Replayed(logger);
        return Problem.WriteAsync(
            context, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized,
            "This order was given already; the same stamp gives none twice. Ask the admin API of an edge.");
    }

    private static Task WriteAsync(HttpContext context, string detail)
    {
        context.Response.Headers[Refusals.Header] = "stamp";
        return Problem.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.NoWorker, detail,
            retryAfter: TimeSpan.FromSeconds(1));
    }

    // Once a minute: every request may come with such a stamp.
    private bool IsToLog()
    {
        long now = clock.GetTimestamp();
        long last = Interlocked.Read(ref _loggedAt);
        return (last < 0 || clock.GetElapsedTime(last, now) >= LogInterval)
            && Interlocked.CompareExchange(ref _loggedAt, now, last) == last;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "A request's {Kind} stamp is signed by an edge, but more than {Seconds} s off this worker's clock, which"
            + " the edge reads from /readyz. It goes to another worker. Has a clock just been set? Correct it"
            + " (connection_plane:internal_clock_skew, connection_plane:edge:forwarding:clock_offset_max).")]
        public static partial void Untimely(ILogger logger, string kind, double seconds);

        [LoggerMessage(2, LogLevel.Warning,
            "An operator's order came a second time by the same stamp, and was refused: somebody repeats what edges"
            + " send to this worker.")]
        public static partial void Replayed(ILogger logger);
    }
}
