using System.Threading.RateLimiting;

namespace Realtime.Edge.Door;

/// <summary>
/// Places for TLS handshakes that are worked on, and a bounded line before them, oldest first. Each costs half a
/// millisecond of a processor and more: thousands at once would have open connections wait behind them for seconds.
/// </summary>
internal sealed class HandshakeGate(DoorOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _places = new(new()
    {
        PermitLimit = options.HandshakesAtOnce,
        QueueLimit = options.HandshakeQueueMax,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>How many wait.</summary>
    public long Waiting => _places.GetStatistics()?.CurrentQueuedCount ?? 0;

    /// <summary>A place, to be disposed; not acquired if the line is full.</summary>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken handshakeEnded) =>
        _places.AcquireAsync(permitCount: 1, handshakeEnded);

    public void Dispose() => _places.Dispose();
}
