using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
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
    private readonly Dictionary<string, TestSubscription> _subscriptions;
    private readonly Task _running;
    private TestConnection? _connection;
    private int _drainDelayMs;
    private volatile int _logAwayNotices;

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
        _subscriptions = subscriptions.ToDictionary(subscription => subscription.Id);
        _running = RunAsync(_stopping.Token);
    }

    public IReadOnlyList<TestSubscription> Subscriptions { get; }

    /// <summary>What the server did against the protocol.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>Connections that were opened.</summary>
    public int Connects { get; private set; }

    /// <summary>How often it was told that the log is away.</summary>
    public int LogAwayNotices => _logAwayNotices;

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

            TimeSpan delay = _drainDelayMs > 0
                ? TimeSpan.FromMilliseconds(_drainDelayMs)
                : RetryDelayMax * _random.NextDouble();
            _drainDelayMs = 0;
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
                    Handle(document.RootElement);
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

    // One message or an array of them; in an array the events behind `replay` are that subscription's alone.
    private void Handle(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            Handle(root, replayFor: null);
            return;
        }

        TestSubscription? replayFor = null;
        foreach (JsonElement message in root.EnumerateArray())
        {
            if (Op(message) == "replay")
            {
                replayFor = Find(message);
            }
            else
            {
                Handle(message, replayFor);
            }
        }
    }

    private void Handle(JsonElement message, TestSubscription? replayFor)
    {
        switch (Op(message))
        {
            case "event":
                OnEvent(message, replayFor);
                break;
            case "subscribed":
                Find(message)?.OnSubscribed(
                    Positions(message),
                    !message.TryGetProperty("recovered", out JsonElement whole) || whole.GetBoolean());
                break;
            case "snapshot" or "cursor":
                Find(message)?.Adopt(Positions(message));
                break;
            case "gap":
                OnGap(message);
                break;
            case "drain":
                _drainDelayMs = message.GetProperty("delay").GetInt32();
                break;
            case "error":
                OnError(message);
                break;
        }
    }

    private void OnEvent(JsonElement message, TestSubscription? replayFor)
    {
        SeenEvent seen = SeenEvent.Read(message);
        if (message.TryGetProperty("snapshot", out JsonElement isSnapshot) && isSnapshot.GetBoolean())
        {
            replayFor?.SnapshotValues.Add(seen);
            return;
        }

        if (replayFor is not null)
        {
            if (!replayFor.Filter.Matches(seen.Envelope))
            {
                Violations.Enqueue($"Replay for {replayFor.Id} holds an event that it does not match: {message}");
            }

            Note(replayFor.OnEvent(seen));
            return;
        }

        bool wanted = false;
        foreach (TestSubscription subscription in Subscriptions)
        {
            if (subscription.Active && subscription.Filter.Matches(seen.Envelope))
            {
                wanted = true;
                Note(subscription.OnEvent(seen));
            }
        }

        if (!wanted)
        {
            Violations.Enqueue($"No subscription matches: {message}");
        }
    }

    private void OnGap(JsonElement message)
    {
        if (Find(message) is not { } subscription
            || !EventPosition.TryParse(message.GetProperty("resumes_at").GetString(), out EventPosition resumesAt))
        {
            Violations.Enqueue($"A gap that names no subscription or position: {message}");
            return;
        }

        subscription.Gaps.Enqueue(new SeenGap(
            resumesAt.Partition,
            message.GetProperty("reason").GetString()!,
            message.TryGetProperty("missing", out JsonElement missing) ? missing.GetInt64() : null));

        // The event at `resumes_at` is the next one to come; `cursor` stands right before it.
        Assert.True(
            EventPosition.TryParse(message.GetProperty("cursor").GetString(), out EventPosition cursor), $"{message}");
        subscription.Adopt([cursor]);
    }

    // The one error that is no fault of ours. A subscription refused for it is made again, on a new connection.
    private void OnError(JsonElement message)
    {
        bool isAway = message.GetProperty("code").GetString() == "log_unavailable";
        if (!isAway || !message.GetProperty("retry").GetBoolean())
        {
            Violations.Enqueue($"Error: {message}");
        }
        else if (message.TryGetProperty("request", out _))
        {
            Cut();
        }
        else
        {
            _logAwayNotices++;
        }
    }

    private TestSubscription? Find(JsonElement message)
    {
        string? id = message.TryGetProperty("id", out JsonElement value) ? value.GetString() : null;
        if (id is not null && _subscriptions.TryGetValue(id, out TestSubscription? subscription))
        {
            return subscription;
        }

        Violations.Enqueue($"Names a subscription that is none: {message}");
        return null;
    }

    private void Note(string? violation)
    {
        if (violation is not null)
        {
            Violations.Enqueue(violation);
        }
    }

    private static string? Op(JsonElement message) => message.GetProperty("op").GetString();

    private static List<EventPosition> Positions(JsonElement message)
    {
        var positions = new List<EventPosition>();
        foreach (JsonElement text in message.GetProperty("cursor").EnumerateArray())
        {
            Assert.True(EventPosition.TryParse(text.GetString(), out EventPosition position), $"No position: {text}");
            positions.Add(position);
        }

        return positions;
    }
}
