namespace Realtime.Edge.Door;

/// <summary>
/// Counts what addresses ask for. Nothing waits; what is refused costs no token of all. The table is bounded: where it
/// is full, addresses that it doesn't know share one place.
/// </summary>
internal sealed class AddressLimits(DoorOptions options, TimeProvider clock)
{
    /// <summary>Looking at all of them for idle ones takes milliseconds: not for each that comes.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<AddressGroup, AddressState> _addresses = [];
    private readonly AddressState _others = new();
    private TokenBucket _handshakes;
    private TokenBucket _connections;
    private long _sweptAt = clock.GetTimestamp();

    /// <summary>Addresses that are told apart now.</summary>
    public int Known
    {
        get
        {
            lock (_gate)
            {
                return _addresses.Count;
            }
        }
    }

    /// <summary>A socket that was accepted: to be kept, or why not.</summary>
    /// <param name="address">Whose; null for a proxy's, which carries those of many.</param>
    /// <param name="taken">For <see cref="Leave"/> when it ends; null if there is nothing to give back.</param>
    public EdgeRefusal? TryAccept(AddressGroup? address, out AddressState? taken)
    {
        taken = null;
        lock (_gate)
        {
            AddressState? state = address is { } one ? Find(one) : null;
            if (state is not null)
            {
                if (state.Sockets >= options.AddressSocketsMax)
                {
                    return EdgeRefusal.AddressSockets;
                }

                if (!state.Handshakes.TryTake(options.AddressHandshakesPerSecond, clock))
                {
                    return EdgeRefusal.AddressHandshakeRate;
                }
            }

            if (!_handshakes.TryTake(options.HandshakesPerSecond, clock))
            {
                return EdgeRefusal.HandshakeRate;
            }

            if (state is not null)
            {
                state.Sockets++;
                taken = state;
            }

            return null;
        }
    }

    /// <summary>The socket has ended.</summary>
    public void Leave(AddressState taken)
    {
        lock (_gate)
        {
            taken.Sockets--;
        }
    }

    /// <summary>A request, of whatever kind: to be looked at, or why not.</summary>
    public EdgeRefusal? TryRequest(AddressGroup address)
    {
        lock (_gate)
        {
            return Find(address).Requests.TryTake(options.AddressRequestsPerSecond, clock)
                ? null
                : EdgeRefusal.AddressRequestRate;
        }
    }

    /// <summary>A WebSocket or event stream: to be opened, or why not.</summary>
    public EdgeRefusal? TryConnect(AddressGroup address)
    {
        lock (_gate)
        {
            if (!Find(address).Connections.TryTake(options.AddressConnectionsPerSecond, clock))
            {
                return EdgeRefusal.AddressConnectionRate;
            }

            return _connections.TryTake(options.ConnectionsPerSecond, clock) ? null : EdgeRefusal.ConnectionRate;
        }
    }

    private AddressState Find(AddressGroup address)
    {
        if (_addresses.TryGetValue(address, out AddressState? known))
        {
            return known;
        }

        Sweep();
        if (_addresses.Count >= options.AddressesMax)
        {
            return _others;
        }

        var state = new AddressState();
        _addresses.Add(address, state);
        return state;
    }

    private void Sweep()
    {
        if (clock.GetElapsedTime(_sweptAt) < SweepInterval)
        {
            return;
        }

        _sweptAt = clock.GetTimestamp();
        foreach ((AddressGroup address, AddressState state) in _addresses)
        {
            if (state.IsIdle(options, clock))
            {
                // Removing what the enumerator stands on is allowed.
                _addresses.Remove(address);
            }
        }
    }
}
