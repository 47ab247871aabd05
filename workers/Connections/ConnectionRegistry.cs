using System.Collections.Concurrent;
using Realtime.Workers.Health;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>The connections that are open on this worker, of viewers and of producers.</summary>
internal sealed class ConnectionRegistry(ConnectionOptions options, WorkerLoad load, LogWatch watch)
{
    private readonly ConcurrentDictionary<IConnection, byte> _connections = new();
    private int _places;

    public int Count => _connections.Count;

    public IEnumerable<IConnection> All => _connections.Select(static pair => pair.Key);

    /// <summary>Whether the worker leaves service and takes no more.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Takes a place; false if all are taken or the worker leaves. Each taken one must be given
    /// back.</summary>
    public bool TryTakePlace()
    {
        if (IsDraining)
        {
            return false;
        }

        if (Interlocked.Increment(ref _places) > options.ConnectionsMax)
        {
            Interlocked.Decrement(ref _places);
            return false;
        }

        load.ConnectionOpened();
        return true;
    }

    public void GiveBackPlace()
    {
        Interlocked.Decrement(ref _places);
        load.ConnectionClosed();
    }

    public void Add(IConnection connection)
    {
        _connections.TryAdd(connection, 0);
        if (IsDraining)
        {
            connection.Drain(options.ReconnectDelayMax * Random.Shared.NextDouble());
        }

        // Once it is among all, it hears of changes; what changed before, it hears here.
        if (!watch.IsAvailable)
        {
            connection.TellLogAway();
        }
    }

    public void Remove(IConnection connection) => _connections.TryRemove(connection, out _);

    /// <summary>Sends every client elsewhere, each after its own random delay.</summary>
    public void DrainAll()
    {
        IsDraining = true;
        foreach (IConnection connection in All)
        {
            connection.Drain(options.ReconnectDelayMax * Random.Shared.NextDouble());
        }
    }
}
