using System.Net.WebSockets;

namespace Realtime.Tests.Edge;

/// <summary>Two workers behind an edge that knows both to be ready.</summary>
internal sealed class TwoWorkers : IAsyncLifetime
{
    public string Token { get; } = EdgeUnderTest.Token();

    /// <summary>Called <c>w1</c>.</summary>
    public FakeWorker First { get; private set; } = null!;

    /// <summary>Called <c>w2</c>.</summary>
    public FakeWorker Second { get; private set; } = null!;

    public EdgeUnderTest Edge { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        First = await FakeWorker.StartAsync("w1");
        Second = await FakeWorker.StartAsync("w2");
        Edge = await AnotherEdgeAsync();
        await Edge.WorkersAreAsync("ready", "ready");
    }

    public async Task DisposeAsync()
    {
        await Edge.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    /// <summary>One more edge before the same workers.</summary>
    public Task<EdgeUnderTest> AnotherEdgeAsync(params (string Key, string Value)[] settings) =>
        EdgeUnderTest.StartAsync([First, Second], settings);

    /// <summary>One that found both ready, and from then on learns by its attempts alone how they are.</summary>
    public async Task<EdgeUnderTest> EdgeThatProbedOnceAsync()
    {
        EdgeUnderTest edge = await AnotherEdgeAsync(("connection_plane:edge:forwarding:probe_interval", "1m"));
        await edge.WorkersAreAsync("ready", "ready");
        return edge;
    }

    /// <summary>The worker of that name, and the other one.</summary>
    public (FakeWorker It, FakeWorker Other) From(string name) => name == First.Id ? (First, Second) : (Second, First);

    /// <summary>The name of the worker that a connection to <paramref name="path"/> comes to.</summary>
    public async Task<string> WorkerOfAsync(string path)
    {
        ClientWebSocket socket = await Edge.ConnectAsync(path, Token);
        Assert.Equal(WebSocketState.Open, socket.State);
        return await EdgeUnderTest.ReadTextAsync(socket);
    }
}
