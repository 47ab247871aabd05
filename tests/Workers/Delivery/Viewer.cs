using System.IO.Pipelines;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.EndToEnd;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>
/// A client on the other end of a pipe: reads only when told, and keeps its subscriptions' cursors as PROTOCOL.md says.
/// </summary>
internal sealed class Viewer : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly Pipe _pipe;
    private readonly OpenConnection _open;
    private readonly Task<bool> _sending;
    private readonly WebSocketMessageReader _reader;
    private readonly Dictionary<string, TestSubscription> _subscriptions = [];

    public Viewer(ConnectionFactory factory, int bufferBytes, string scope)
    {
        _pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: bufferBytes, resumeWriterThreshold: bufferBytes / 2,
            useSynchronizationContext: false));
        _open = factory.Open(
            new Identity
            {
                Tenant = DeliveryFixture.Tenant,
                Subject = "viewer",
                Grants = Grants.Parse(scope),
                ExpiresAt = DateTimeOffset.MaxValue,
            },
            WireFormats.JsonFrames, TimeSpan.FromSeconds(20), _pipe.Writer, _gone.Token);
        _reader = new WebSocketMessageReader(
            _pipe.Reader, new WebSocketReaderOptions { MessageBytesMax = 1024 * 1024, PeerMasks = false });
        _sending = _open.Sender.RunAsync();
    }

    public ClientConnection Connection => _open.Connection;

    /// <summary>Messages other than events, in order of arrival.</summary>
    public List<JsonElement> Messages { get; } = [];

    public List<string> Violations { get; } = [];

    /// <summary>Subscribes, with the cursor it has if <paramref name="known"/> was subscribed before.</summary>
    public async Task<TestSubscription> SubscribeAsync(
        string id, EventFilter filter, bool snapshot = false, bool conflate = false, TestSubscription? known = null,
        IReadOnlyList<EventPosition>? after = null)
    {
        TestSubscription subscription = known ?? new TestSubscription(id, filter);
        _subscriptions[id] = subscription;
        IReadOnlyList<EventPosition>? cursor = after ?? known?.Cursor;
        await _open.Connection.HandleAsync(new ClientMessage.Subscribe(id, filter)
        {
            After = [.. cursor ?? []],
            Resumes = cursor is not null,
            Snapshot = snapshot,
            Conflate = conflate,
        });
        return subscription;
    }

    public Task SendAsync(ClientMessage message) => _open.Connection.HandleAsync(message);

    /// <summary>Whether a message of this op came.</summary>
    public bool Has(string op) => Messages.Exists(message => message.GetProperty("op").GetString() == op);

    public bool Has(TestSubscription subscription) => _subscriptions.ContainsValue(subscription);

    /// <summary>Reads until <paramref name="done"/>, with a pause before each frame if given; fails after 30
    /// s.</summary>
    public async Task ReadUntilAsync(string why, Func<bool> done, Func<Task>? pause = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (!done())
            {
                await (pause?.Invoke() ?? Task.CompletedTask);
                await ReadAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.False(_sending.IsFaulted, _sending.Exception?.ToString());
            string states = string.Join(
                ", ", _subscriptions.Values.Select(item => $"{item.Id}: {item.Count} seen, {item.Dropped} dropped"));
            string feeds = string.Join(", ", Connection.Outbox.Feeds.Select(feed =>
                $"{feed.Mode} at {feed.Position.Entry}, tail at {feed.Tail.Position.Entry}, {feed.InRing} in ring, "
                + $"joiner {feed.FirstJoiner?.Position.Entry} {feed.FirstJoiner?.Started}"));
            Assert.Fail(
                $"Waited 30 s until {why}. {states}. {feeds}. Violations: {string.Join(' ', Violations)} "
                + $"Messages: {string.Join('\n', Messages.TakeLast(5))}");
        }
    }

    /// <summary>Reads one frame.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken = default)
    {
        WebSocketRead read = await _reader.ReadAsync(cancellationToken);
        Assert.True(read.Kind is WebSocketReadKind.Text or WebSocketReadKind.Ping, $"{read.Kind} {read.Reason}");
        if (read.Kind == WebSocketReadKind.Ping)
        {
            _open.Connection.Outbox.TakePong(read.Payload.Span);
        }

        if (read.Kind == WebSocketReadKind.Text)
        {
            using JsonDocument document = JsonDocument.Parse(read.Payload);
            Handle(document.RootElement);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _open.Connection.Outbox.Abort();
        await _pipe.Reader.CompleteAsync();
        await _sending;
        await _open.DisposeAsync();
        _reader.Dispose();
        _gone.Dispose();
    }

    private void Handle(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            Handle(root, null);
            return;
        }

        TestSubscription? replayFor = null;
        foreach (JsonElement message in root.EnumerateArray())
        {
            if (message.GetProperty("op").GetString() == "replay")
            {
                replayFor = _subscriptions[message.GetProperty("id").GetString()!];
            }
            else
            {
                Handle(message, replayFor);
            }
        }
    }

    private void Handle(JsonElement message, TestSubscription? replayFor)
    {
        string op = message.GetProperty("op").GetString()!;
        if (op != "event")
        {
            Messages.Add(message.Clone());
        }

        switch (op)
        {
            case "event" when message.TryGetProperty("snapshot", out _):
                replayFor!.SnapshotValues.Add(SeenEvent.Read(message));
                break;
            case "event":
                TakeEvent(SeenEvent.Read(message), replayFor);
                break;
            case "subscribed" when !message.TryGetProperty("task", out _):
                _subscriptions[message.GetProperty("id").GetString()!].OnSubscribed(
                    Positions(message),
                    !message.TryGetProperty("recovered", out JsonElement whole) || whole.GetBoolean());
                break;
            case "paused":
                _subscriptions.GetValueOrDefault(message.GetProperty("id").GetString()!)?.OnDisconnected();
                break;
            case "snapshot":
                _subscriptions[message.GetProperty("id").GetString()!].Adopt(Positions(message));
                break;
            case "gap" when !message.TryGetProperty("task", out _):
                Assert.True(EventPosition.TryParse(
                    message.GetProperty("cursor").GetString(), out EventPosition cursor));
                _subscriptions[message.GetProperty("id").GetString()!].Adopt([cursor]);
                break;
        }
    }

    private void TakeEvent(SeenEvent seen, TestSubscription? replayFor)
    {
        IEnumerable<TestSubscription> takers = replayFor is not null
            ? [replayFor]
            : _subscriptions.Values.Where(subscription =>
                subscription.Active && subscription.Filter.Matches(seen.Envelope));
        foreach (TestSubscription subscription in takers.ToArray())
        {
            if (subscription.OnEvent(seen) is { } violation)
            {
                Violations.Add(violation);
            }
        }
    }

    private static List<EventPosition> Positions(JsonElement message) =>
        [.. message.GetProperty("cursor").EnumerateArray().Select(text =>
            EventPosition.TryParse(text.GetString(), out EventPosition position)
                ? position
                : throw new InvalidOperationException($"No position: {text}"))];
}
