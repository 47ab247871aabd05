using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Realtime.Protocol;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// A client of protocol v1, written by PROTOCOL.md alone: it keeps a cursor per subscription, gives every live event to
/// all subscriptions that match, drops what is not after the cursor, adopts snapshots, and comes back by itself with
/// `after`. What the server must not do is kept in <see cref="Violations"/>.
/// </summary>
internal sealed class TestClient : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromMilliseconds(200);

    private readonly Uri _endpoint;
    private readonly string _token;
    private readonly X509Certificate2 _trusted;
    private readonly string _subprotocol;
    private readonly Random _random;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TestInbox _inbox;
    private readonly Task _running;
    private TestConnection? _connection;

    private TestClient(
        Uri endpoint, string token, X509Certificate2 trusted, string subprotocol, int seed,
        IReadOnlyList<TestSubscription> subscriptions)
    {
        _endpoint = endpoint;
        _token = token;
        _trusted = trusted;
        _subprotocol = subprotocol;
        _random = new Random(seed);
        Subscriptions = subscriptions;
        _inbox = new TestInbox(subscriptions, Violations, Cut);
        _running = RunAsync(_stopping.Token);
    }

    public IReadOnlyList<TestSubscription> Subscriptions { get; }

    /// <summary>What the server did against the protocol.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>Connections that were opened.</summary>
    public int Connects { get; private set; }

    /// <summary>How often it was told that the log is away.</summary>
    public int LogAwayNotices => _inbox.LogAwayNotices;

    /// <summary>Whether every subscription was confirmed at least once.</summary>
    public bool IsSubscribed => Subscriptions.All(subscription => subscription.EverSubscribed);

    /// <summary>Connects, and goes on connecting until disposed.</summary>
    /// <param name="endpoint">Such as <c>wss://localhost:8443/ws/agents</c>, without a query.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="trusted">The edge's certificate.</param>
    /// <param name="seed">Decides the reconnect delays.</param>
    /// <param name="subscriptions">Made on every connection.</param>
    public static TestClient Start(
        Uri endpoint, string token, X509Certificate2 trusted, int seed,
        params IReadOnlyList<TestSubscription> subscriptions) =>
        new(endpoint, token, trusted, TestConnection.Json, seed, subscriptions);

    /// <summary>The same on MessagePack.</summary>
    public static TestClient StartOnMessagePack(
        Uri endpoint, string token, X509Certificate2 trusted, int seed,
        params IReadOnlyList<TestSubscription> subscriptions) =>
        new(endpoint, token, trusted, TestConnection.MessagePack, seed, subscriptions);

    /// <summary>Resets the present connection, if there is one.</summary>
    public void Cut() => Volatile.Read(ref _connection)?.Cut();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var connection = new TestConnection(_trusted, _token, _subprotocol);
                await ConnectAsync(connection, stopping);
                await ReceiveAsync(connection, stopping);
                if (connection.CloseCode != 1000 && !CloseCodes.ShouldReconnect(connection.CloseCode))
                {
                    Violations.Enqueue($"Closed for good: {connection.CloseCode} {connection.CloseReason}");
                    return;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is WebSocketException or HttpRequestException or IOException
                or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                // Cut while it connected, or refused: come back.
            }
            finally
            {
                Volatile.Write(ref _connection, null);
                foreach (TestSubscription subscription in Subscriptions)
                {
                    subscription.OnDisconnected();
                }
            }

            TimeSpan delay = _inbox.TakeDrainDelay() ?? RetryDelayMax * _random.NextDouble();
            await Task.Delay(delay, TimeProvider.System, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync(TestConnection connection, CancellationToken stopping)
    {
        Volatile.Write(ref _connection, connection);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        await connection.ConnectAsync(_endpoint, patience.Token);
        Connects++;
        await connection.SendAsync(
            new JsonArray([.. Subscriptions.Select(subscription => (JsonNode)subscription.ToSubscribe())]), stopping);
    }

    private async Task ReceiveAsync(TestConnection connection, CancellationToken stopping)
    {
        try
        {
            while (await connection.ReceiveAsync(stopping) is { } document)
            {
                using (document)
                {
                    _inbox.Handle(document.RootElement);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await connection.CloseAsync(patience.Token);
            throw;
        }
    }
}
