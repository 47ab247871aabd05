namespace Realtime.Workers.Health;

/// <summary>
/// How much a worker has to do, as it tells the edges: counted by what holds connections, read by <c>/readyz</c>.
/// </summary>
internal sealed class WorkerLoad
{
    private int _connections;

    /// <summary>Connections open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Counts a connection in.</summary>
    public void ConnectionOpened() => Interlocked.Increment(ref _connections);

    /// <summary>Counts a connection out.</summary>
    public void ConnectionClosed() => Interlocked.Decrement(ref _connections);
}
