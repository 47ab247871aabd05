namespace Realtime.Edge.Door;

/// <summary>What is remembered of one address. Guarded by <see cref="AddressLimits"/>.</summary>
internal sealed class AddressState
{
    // Fields: buckets are changed in place.
    public TokenBucket Handshakes;
    public TokenBucket Connections;
    public TokenBucket Requests;

    /// <summary>Sockets that are open.</summary>
    public int Sockets { get; set; }

    /// <summary>Whether a new one would know as much.</summary>
    public bool IsIdle(DoorOptions options, TimeProvider clock) =>
        Sockets == 0
        && Handshakes.IsFull(options.AddressHandshakesPerSecond, clock)
        && Connections.IsFull(options.AddressConnectionsPerSecond, clock)
        && Requests.IsFull(options.AddressRequestsPerSecond, clock);
}
