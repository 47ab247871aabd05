using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Workers that are real processes hang, or are killed: nothing is sent there any more. That this takes 1.5 s at most
/// is shown by <see cref="Edge.WorkerProbesTests"/>, by a clock of its own; here only that a real fault is found so, in
/// whatever time the machine needs for it.
/// </summary>
public class HungWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("hangs")]
    [InlineData("is killed")]
    public async Task A_worker_is_out_of_routing_and_its_viewers_go_elsewhere(string fault)
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 2, AsProcesses = true });
        await Eventually.TrueAsync("both are used", async () =>
            await system.IsAvailableAsync(0) && await system.IsAvailableAsync(1));
        using Conversation viewer = await OpenAsync(system);
        int home = await HomeAsync(system);
        int pid = system.Processes[home].Pid;
        Action<int> happens = fault == "hangs" ? Signals.Stop : Signals.Kill;
        happens(pid);
        try
        {
            await Eventually.TrueAsync("it is out", async () => !await system.IsAvailableAsync(home), Patience);
            using Conversation next = await OpenAsync(system);

            Assert.Equal(1006, (await viewer.ClosedAsync()).Code);
        }
        finally
        {
            Signals.Continue(pid);
        }

        if (fault == "hangs")
        {
            await Eventually.TrueAsync("it is back", () => system.IsAvailableAsync(home), Patience);
        }
    }

    private static async Task<Conversation> OpenAsync(RealtimeSystem system)
    {
        Conversation viewer = await Conversation.OpenAsync(
            system, "/ws/agents?agents=a1", system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        return viewer;
    }

    private static async Task<int> HomeAsync(RealtimeSystem system)
    {
        using System.Text.Json.JsonDocument workers = await system.WorkersAsync();
        return Array.FindIndex(
            [.. workers.RootElement.GetProperty("workers").EnumerateArray()],
            worker => worker.GetProperty("connections").GetInt64() > 0);
    }
}
