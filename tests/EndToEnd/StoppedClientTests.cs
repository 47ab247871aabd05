using System.Text.Json;
using Realtime.Tests.Cli;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A client that is a process, stopped where it stands: its kernel takes bytes, and nobody answers.</summary>
public sealed class StoppedClientTests
{
    [Fact]
    public async Task A_stopped_client_is_found_and_let_go_and_comes_back_when_it_goes_on()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            WorkerSettings = new Dictionary<string, string>
            {
                ["connection_plane:connections:heartbeat"] = "1s",
                ["connection_plane:connections:close_timeout"] = "500ms",
            },
        });
        await using CliRun tail = CliRun.Start(
            new Dictionary<string, string>
            {
                ["REALTIME_URL"] = system.Edge().ToString(),
                ["REALTIME_CA"] = system.CertificateFile,
                ["REALTIME_TOKEN"] = system.Token(),
            },
            "tail", "--agent", "a1", "--json");
        using var worker = new HttpClient { BaseAddress = system.Worker(0) };
        await ConnectionsAsync(worker, 1);

        Signals.Stop(tail.Pid);
        try
        {
            await ConnectionsAsync(worker, 0);
        }
        finally
        {
            Signals.Continue(tail.Pid);
        }

        await ConnectionsAsync(worker, 1);
    }

    private static Task ConnectionsAsync(HttpClient worker, int expected) => Eventually.TrueAsync(
        $"the worker has {expected} connections",
        async () => JsonDocument.Parse(await worker.GetStringAsync("/readyz")).RootElement
            .GetProperty("load").GetProperty("connections").GetInt32() == expected,
        TimeSpan.FromSeconds(30));
}
