namespace Realtime.Edge.Forwarding;

/// <summary>Where a worker's breaker stands: a closed set, safe as a metric's label.</summary>
internal enum BreakerState
{
    /// <summary>Work goes to the worker.</summary>
    Closed,

    /// <summary>It failed too often in a row: nothing goes there for a while.</summary>
    Open,

    /// <summary>The while is over: one attempt at a time may find out how it is now.</summary>
    HalfOpen,
}
