using System.Collections.Concurrent;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>A client, a server in the test's hand, and the test's clock.</summary>
internal sealed class ConnectionScene : IAsyncDisposable
{
    private int _passed;

    private ConnectionScene(ScriptedEdge edge)
    {
        Edge = edge;
        Client = Make(edge.Options);
    }

    public ManualClock Clock { get; } = new();

    /// <summary>Every change of the client's state.</summary>
    public ConcurrentQueue<ConnectionState> States { get; } = [];

    /// <summary>Every time that a token was asked for.</summary>
    public ConcurrentQueue<TokenAttempt> Asked { get; } = [];

    public ScriptedEdge Edge { get; }

    public RealtimeClient Client { get; set; }

    /// <summary>What the callback answers, by how many times it was asked.</summary>
    public Func<int, string> Token { get; set; } = static number => $"token-{number}";

    public static async Task<ConnectionScene> StartAsync() => new(await ScriptedEdge.StartAsync());

    /// <summary>Makes a client by these options, the test's clock and <see cref="Token"/>.</summary>
    public RealtimeClient Make(RealtimeClientOptions options)
    {
        var client = new RealtimeClient(options with
        {
            TimeProvider = Clock,
            Reconnect = new ReconnectOptions { AttemptsMax = options.Reconnect.AttemptsMax },
            Token = (attempt, _) =>
            {
                Asked.Enqueue(attempt);
                return ValueTask.FromResult(Token(Asked.Count));
            },
        });
        client.StateChanged += (_, state) => States.Enqueue(state);
        return client;
    }

    /// <summary>Connects the client; returns the server's end.</summary>
    public async Task<ScriptedSocket> ConnectAsync(int heartbeatMs = 20_000)
    {
        Task connecting = Client.ConnectAsync();
        ScriptedSocket socket = await Edge.AcceptAsync();
        await socket.WelcomeAsync(heartbeatMs);
        await connecting.WaitAsync(TimeSpan.FromSeconds(10));
        return socket;
    }

    /// <summary>Its last wait for the next attempt.</summary>
    public Task<ConnectionState> WaitingAsync() => Eventually.FindAsync(
        "it waits", () => States.LastOrDefault(state => state.Status == ConnectionStatus.Waiting));

    /// <summary>The wait before the next attempt is over.</summary>
    public async Task PassAsync(RealtimeClient? client = null)
    {
        client ??= Client;
        ConnectionState waiting = await Eventually.FindAsync(
            "it waits",
            () => States.Where(state => state.Status == ConnectionStatus.Waiting).ElementAtOrDefault(_passed));
        _passed++;

        // `Task.Delay` waits whole milliseconds.
        var delay = TimeSpan.FromMilliseconds(Math.Floor(waiting.Delay.TotalMilliseconds));
        await Eventually.TrueAsync(
            "the wait has begun", () => client.State != waiting || Clock.Waits.Contains(delay));
        Clock.Advance(delay);
    }

    /// <summary>Waits until it is closed for good, with this error.</summary>
    public async Task ClosedAsync(string code, int? closeCode)
    {
        await Eventually.TrueAsync("it is closed", () => Client.State.Status == ConnectionStatus.Closed);
        Assert.Equal((code, closeCode), (Client.State.Error?.Code, Client.State.CloseCode));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Edge.DisposeAsync();
    }
}
