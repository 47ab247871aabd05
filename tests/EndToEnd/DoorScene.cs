using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Hosting.Files;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;
using Realtime.Workers;

namespace Realtime.Tests.EndToEnd;

/// <summary>A real edge over TLS before a real worker, whose keys stand in files that the test changes.</summary>
internal sealed class DoorScene : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("door").FullName;
    private readonly CapturedLogs _workerLogs = new();
    private WebApplication _worker = null!;

    public EdgeUnderTest Edge { get; private set; } = null!;

    public string WorkerAddress { get; private set; } = "";

    public IEnumerable<string> WorkerLogs => _workerLogs.Lines;

    public string EdgeKeys => Path.Combine(_directory, "edge.keys");

    public string WorkerKeys => Path.Combine(_directory, "worker.keys");

    public string SigningKeys => Path.Combine(_directory, "signing.keys");

    public static async Task<DoorScene> StartAsync(
        string internalKey, string signingKey, params (string Key, string Value)[] configuration)
    {
        var scene = new DoorScene();
        Write(scene.EdgeKeys, internalKey);
        Write(scene.WorkerKeys, internalKey);
        Write(scene.SigningKeys, signingKey);
        await scene.StartWorkerAsync();
        scene.Edge = await EdgeUnderTest.StartAsync(
            [("w1", scene.WorkerAddress)],
            [
                ("connection_plane:internal_keys:0", null!),
                ("connection_plane:internal_keys_file", scene.EdgeKeys),
                ("connection_plane:auth:signing_key", null!),
                ("connection_plane:auth:signing_key_file", scene.SigningKeys),
                .. configuration,
            ]);
        await scene.Edge.WorkersAreAsync("ready");
        return scene;
    }

    /// <summary>Replaces a file's keys, as an orchestrator does.</summary>
    public static void Write(string path, params string[] keys)
    {
        File.WriteAllLines(path + ".new", keys);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The edge looks at its files, as it does every ten seconds.</summary>
    public void EdgeLooks() => Edge.Services.GetRequiredService<WatchedFiles>().Look();

    /// <summary>The worker looks at its files, as it does every ten seconds.</summary>
    public void WorkerLooks() => _worker.Services.GetRequiredService<WatchedFiles>().Look();

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync();
        await _worker.StopAsync();
        await _worker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartWorkerAsync()
    {
        _worker = WorkerHost.Build(
            [
                "--connection_plane:worker:listen", "http://127.0.0.1:0",
                "--connection_plane:worker:id", "w1",
                "--connection_plane:internal_keys_file", WorkerKeys,
                "--connection_plane:auth:signing_key_file", SigningKeys,
                "--telemetry:log_level", "trace",
            ],
            builder => builder.Logging.ClearProviders().AddProvider(_workerLogs));
        await _worker.StartAsync();
        WorkerAddress = _worker.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        using var client = new HttpClient { BaseAddress = new Uri(WorkerAddress) };
        await Eventually.TrueAsync("the worker is ready", async () =>
        {
            using HttpResponseMessage answer = await client.GetAsync("readyz");
            return answer.IsSuccessStatusCode;
        });
    }
}
