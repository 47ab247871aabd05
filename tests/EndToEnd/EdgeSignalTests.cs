using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>An edge as a process: told to end once, and twice.</summary>
public sealed class EdgeSignalTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private RealtimeSystem _system = null!;
    private EdgeProcess _edge = null!;

    public async Task InitializeAsync()
    {
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Workers = 2,
            EdgeSettings = new Dictionary<string, string> { ["connection_plane:shutdown_timeout"] = "60s" },

            // Who does not answer the close is waited for so long.
            WorkerSettings = new Dictionary<string, string>
            {
                ["connection_plane:connections:close_timeout"] = "50s",
            },
        });
        _edge = await EdgeProcess.StartAsync(_system);
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task Told_to_end_it_lets_its_clients_go_with_1012_and_exits_0()
    {
        using Conversation viewer = await OpenAsync();
        using Conversation stays = await Conversation.OpenAsync(
            _system, "/ws/agents?agents=a1", _system.Token("read:*"));
        await stays.NextAsync("subscribed");
        Signals.Terminate(_edge.Pid);

        await viewer.NextAsync("drain");
        Assert.Equal(1012, (await viewer.ClosedAsync()).Code);
        viewer.Dispose();
        Assert.Equal(0, await _edge.ExitAsync(Patience));
        await stays.UntilPongAsync();
    }

    [Fact]
    public async Task Told_twice_it_leaves_at_once()
    {
        // It reads nothing, so it answers no close: the drain alone would take 50 s.
        using Conversation viewer = await OpenAsync();
        long startedAt = TimeProvider.System.GetTimestamp();
        Signals.Terminate(_edge.Pid);
        using HttpClient client = _system.CreateClient();
        await Eventually.TrueAsync("it drains", async () =>
            !(await client.GetAsync(new Uri(_edge.Address, "/readyz"))).IsSuccessStatusCode);

        Task<int> exit = _edge.ExitAsync(Patience);
        await Eventually.TrueAsync("it has left", () =>
        {
            // Only one that comes half a second or more behind the first counts.
            if (!exit.IsCompleted)
            {
                Signals.Terminate(_edge.Pid);
            }

            return exit.IsCompleted;
        }, Patience);
        Assert.Equal(143, await exit);
        Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < Patience);
    }

    private async Task<Conversation> OpenAsync()
    {
        Conversation viewer = await Conversation.OpenAsync(
            _system, _edge.Socket("/ws/agents?agents=a1"), _system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        return viewer;
    }
}
