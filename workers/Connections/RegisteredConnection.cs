namespace Realtime.Workers.Connections;

/// <summary>
/// A connection among all of the worker: what is known of it there, and the last means against it.
/// </summary>
/// <param name="connection">The viewer or producer.</param>
/// <param name="kind">Which it is.</param>
/// <param name="openedAt">When it was opened.</param>
/// <param name="cut">Aborts its transport; may be called at any time, from any thread.</param>
internal sealed class RegisteredConnection(
    IConnection connection, ConnectionKind kind, DateTimeOffset openedAt, Action cut)
{
    private readonly Lock _gate = new();
    private volatile bool _isGone;
    private int _isTold;
    private long _cutAt;

    public IConnection Connection => connection;

    public ConnectionKind Kind => kind;

    public DateTimeOffset OpenedAt => openedAt;

    /// <summary>The edge that it came by.</summary>
    public string? Edge => connection.Identity.EdgeId;

    /// <summary>Whether it has ended.</summary>
    public bool IsGone => _isGone;

    /// <summary>Whether it was told to leave.</summary>
    public bool IsTold => Volatile.Read(ref _isTold) != 0;

    /// <summary>The timestamp at which it is cut if it is still there; 0 if there is none.</summary>
    public long CutAt
    {
        get => Volatile.Read(ref _cutAt);
        set => Volatile.Write(ref _cutAt, value);
    }

    /// <summary>Tells it to leave, once; false if it was told before.</summary>
    /// <param name="deadline">In what time it is closed at the latest.</param>
    /// <param name="delay">How long the client waits before it connects again.</param>
    public bool TryTell(TimeSpan deadline, TimeSpan delay)
    {
        if (Interlocked.Exchange(ref _isTold, 1) != 0)
        {
            return false;
        }

        connection.Drain(deadline, delay);
        return true;
    }

    /// <summary>Ends it without another word; nothing if it has ended.</summary>
    public void Cut()
    {
        // What is behind the transport may serve somebody else's request by then.
        lock (_gate)
        {
            if (!_isGone)
            {
                cut();
            }
        }
    }

    /// <summary>It has ended; said before anybody else is told so.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isGone = true;
        }
    }
}
