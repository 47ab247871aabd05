using Realtime.Client;

namespace Realtime.Tests.EndToEnd;

/// <summary>A viewer of the SDK with default options that notes when it lost its connection and was back.</summary>
internal sealed class RecoveringClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly RealtimeClient _client;
    private readonly EventSubscription _subscription;
    private readonly Task _reading;
    private long _killedAt;
    private long _lostAt;
    private long _connectingAt;
    private long _connectedAt;
    private long _activeAt;
    private int _attempts;
    private TimeSpan _delay;
    private bool _isActive;

    public RecoveringClient(RealtimeSystem system, Uri edge, int number)
    {
        _client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = edge,
            Token = FixedToken.Of(system.Token("read:*", subject: $"viewer-{number}")),
            TrustedCertificate = system.Certificate,
        });
        _client.StateChanged += (_, state) => Connection(state);
        _subscription = _client.Subscribe(new EventSubscriptionOptions { Agents = [$"agent-{number}"] });
        _subscription.StatusChanged += (_, status) => Subscription(status);
        _reading = _subscription.RunAsync(static (_, _) => ValueTask.CompletedTask, CancellationToken.None);
    }

    /// <summary>Whether it is subscribed on the connection that it has.</summary>
    public bool IsActive
    {
        get
        {
            lock (_gate)
            {
                return _isActive;
            }
        }
    }

    /// <summary>Whether it lost its connection since <see cref="Begin"/>.</summary>
    public bool HasLost
    {
        get
        {
            lock (_gate)
            {
                return _lostAt != 0;
            }
        }
    }

    /// <summary>How it came back.</summary>
    public Recovery Recovered
    {
        get
        {
            lock (_gate)
            {
                return new Recovery(
                    Between(_killedAt, _activeAt), Between(_killedAt, _lostAt), _delay,
                    Between(_connectingAt, _connectedAt), Between(_connectedAt, _activeAt), _attempts);
            }
        }
    }

    /// <summary>A worker is killed now.</summary>
    public void Begin(long killedAt)
    {
        lock (_gate)
        {
            (_killedAt, _lostAt, _attempts) = (killedAt, 0, 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TimeSpan Between(long from, long to) => TimeProvider.System.GetElapsedTime(from, to);

    private void Connection(ConnectionState state)
    {
        long now = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            switch (state.Status)
            {
                case ConnectionStatus.Waiting when _attempts == 0:
                    (_lostAt, _delay, _isActive) = (now, state.Delay, false);
                    break;
                case ConnectionStatus.Connecting:
                    _connectingAt = now;
                    _attempts++;
                    break;
                case ConnectionStatus.Connected:
                    _connectedAt = now;
                    break;
            }
        }
    }

    private void Subscription(SubscriptionStatus status)
    {
        long now = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            _isActive = status == SubscriptionStatus.Active;
            _activeAt = _isActive ? now : _activeAt;
        }
    }

    /// <summary>From a kill until it was subscribed again, and where the time went.</summary>
    /// <param name="Total">All of it.</param>
    /// <param name="Noticed">Until it knew.</param>
    /// <param name="Delay">What it waited then.</param>
    /// <param name="Connecting">From the attempt to the welcome.</param>
    /// <param name="Subscribing">From the welcome to the answer.</param>
    /// <param name="Attempts">Attempts to connect.</param>
    internal readonly record struct Recovery(
        TimeSpan Total, TimeSpan Noticed, TimeSpan Delay, TimeSpan Connecting, TimeSpan Subscribing, int Attempts);
}
