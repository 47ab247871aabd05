using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// One WebSocket of a viewer that a test leads by hand, message by message. Arrays are read as the messages they hold,
/// so that `replay` is one of them, in front of its events.
/// </summary>
internal sealed class Conversation : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestConnection _connection;
    private readonly CancellationTokenSource _patience = new(Patience, TimeProvider.System);
    private readonly Queue<JsonElement> _pending = new();
    private readonly List<string> _heard = [];

    private Conversation(TestConnection connection) => _connection = connection;

    /// <summary>Connects through the edge.</summary>
    /// <param name="system">The system.</param>
    /// <param name="pathAndQuery">Such as <c>/ws/agents?agents=a1</c>.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="offers">The subprotocols it offers; JSON without any.</param>
    public static Task<Conversation> OpenAsync(
        RealtimeSystem system, string pathAndQuery, string token, params IReadOnlyList<string> offers) =>
        OpenAsync(system, edge: 0, pathAndQuery, token, offers);

    /// <summary>Connects through one of several edges.</summary>
    public static Task<Conversation> OpenAsync(
        RealtimeSystem system, int edge, string pathAndQuery, string token, params IReadOnlyList<string> offers) =>
        OpenAsync(system, new Uri(system.Socket(edge, "/"), pathAndQuery), token, offers);

    /// <summary>Connects to an address, whose certificate is that of the system's edges.</summary>
    public static async Task<Conversation> OpenAsync(
        RealtimeSystem system, Uri address, string token, params IReadOnlyList<string> offers)
    {
        var conversation = new Conversation(new TestConnection(system.Certificate, token, offers));
        try
        {
            await conversation._connection.ConnectAsync(address, conversation._patience.Token);
            return conversation;
        }
        catch
        {
            conversation.Dispose();
            throw;
        }
    }

    /// <summary>What the server chose.</summary>
    public string? Subprotocol => _connection.Subprotocol;

    /// <summary>Says JSON; on a connection of MessagePack the same in its form.</summary>
    public async Task SayAsync(string json)
    {
        if (_connection.Subprotocol == TestConnection.MessagePack)
        {
            await _connection.SendAsync(json, _patience.Token);
        }
        else
        {
            // As it is, right or wrong.
            await SayAsync(Encoding.UTF8.GetBytes(json));
        }
    }

    public async Task SayAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type = WebSocketMessageType.Text) =>
        await _connection.SendAsync(bytes, type, _patience.Token);

    /// <summary>The next message of this kind; others before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string op)
    {
        while (true)
        {
            JsonElement message = await NextAsync();
            if (Op(message) == op)
            {
                return message;
            }
        }
    }

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonElement> NextAsync()
    {
        JsonElement? next = await TryNextAsync();
        Assert.True(
            next is not null,
            $"Closed {_connection.CloseCode} {_connection.CloseReason} instead. "
                + $"Heard: {string.Join('\n', _heard.TakeLast(10))}");
        return next.Value;
    }

    /// <summary>
    /// Asks for an answer and returns all that came before it: so a test can tell what does not come.
    /// </summary>
    public async Task<IReadOnlyList<JsonElement>> UntilPongAsync()
    {
        string nonce = Guid.NewGuid().ToString("N");
        await SayAsync($$"""{"op":"ping","nonce":"{{nonce}}"}""");
        var before = new List<JsonElement>();
        while (true)
        {
            JsonElement message = await NextAsync();
            if (Op(message) == "pong" && message.GetProperty("nonce").GetString() == nonce)
            {
                return before;
            }

            before.Add(message);
        }
    }

    /// <summary>Reads on until the server closes; returns its number and reason.</summary>
    public async Task<(int Code, string? Reason)> ClosedAsync()
    {
        while (await TryNextAsync() is not null)
        {
        }

        return (_connection.CloseCode, _connection.CloseReason);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _patience.Dispose();
    }

    public static string Op(JsonElement message) => message.GetProperty("op").GetString()!;

    private async Task<JsonElement?> TryNextAsync()
    {
        while (_pending.Count == 0)
        {
            using JsonDocument? document = await _connection.ReceiveAsync(_patience.Token);
            if (document is null)
            {
                return null;
            }

            JsonElement root = document.RootElement.Clone();
            _heard.Add(root.GetRawText());
            bool isArray = root.ValueKind == JsonValueKind.Array;
            foreach (JsonElement message in isArray ? root.EnumerateArray().ToArray() : [root])
            {
                _pending.Enqueue(message);
            }
        }

        return _pending.Dequeue();
    }
}
