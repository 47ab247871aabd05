using System.Collections.Concurrent;
using Realtime.Workers.Health;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>
/// The connections that are open on this worker, of viewers and of producers, and the places that they take. A place is
/// taken before the handshake and given back behind the end, so there are as many as connections or a few more.
/// </summary>
internal sealed class ConnectionRegistry(ConnectionOptions options, WorkerLoad load, LogWatch watch)
{
    private readonly ConcurrentDictionary<RegisteredConnection, byte> _connections = new();

    // How many places are taken, and by its sign whether the door is shut: one word, so that whoever shuts it sees all
    // who are inside, and nobody comes in behind.
    private int _door;

    /// <summary>Told of each connection that came, and of each that has gone. The gone ones are marked so first.
    /// </summary>
    public event Action<RegisteredConnection>? Came;

    /// <inheritdoc cref="Came"/>
    public event Action<RegisteredConnection>? Gone;

    /// <summary>Told when a place was given back.</summary>
    public event Action? PlaceFreed;

    public int Count => _connections.Count;

    public IEnumerable<RegisteredConnection> All => _connections.Select(static pair => pair.Key);

    /// <summary>Places that are taken. Once <see cref="Shut"/>, there never are more of them.</summary>
    public int Places => Volatile.Read(ref _door) & int.MaxValue;

    public int PlacesMax => options.ConnectionsMax;

    /// <summary>Whether no new connections are taken: the worker leaves service.</summary>
    public bool IsShut => Volatile.Read(ref _door) < 0;

    /// <summary>Takes a place; false if all are taken or the worker leaves. Each taken one must be given
    /// back.</summary>
    public bool TryTakePlace()
    {
        int door = Volatile.Read(ref _door);
        while (door >= 0 && door < options.ConnectionsMax)
        {
            int found = Interlocked.CompareExchange(ref _door, door + 1, door);
            if (found == door)
            {
                load.ConnectionOpened();
                return true;
            }

            door = found;
        }

        return false;
    }

    public void GiveBackPlace()
    {
        load.ConnectionClosed();
        Interlocked.Decrement(ref _door);
        PlaceFreed?.Invoke();
    }

    public void Add(RegisteredConnection connection)
    {
        _connections.TryAdd(connection, 0);
        Came?.Invoke(connection);

        // Once it is among all, it hears of changes; what changed before, it hears here.
        if (!watch.IsAvailable)
        {
            connection.Connection.TellLogAway();
        }
    }

    public void Remove(RegisteredConnection connection)
    {
        connection.End();
        if (_connections.TryRemove(connection, out _))
        {
            Gone?.Invoke(connection);
        }
    }

    /// <summary>No more connections from now on.</summary>
    public void Shut() => Interlocked.Or(ref _door, int.MinValue);

    /// <summary>Connections are taken again.</summary>
    public void Reopen() => Interlocked.And(ref _door, int.MaxValue);
}
