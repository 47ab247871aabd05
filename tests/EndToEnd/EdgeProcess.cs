using System.Globalization;
using Realtime.Devhost;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>One more edge of a system, as a process of its own.</summary>
internal sealed class EdgeProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-edge-");
    private readonly WorkerProcess _process;

    private EdgeProcess(RealtimeSystem system)
    {
        int port = RedisServer.FreePort();
        int adminPort = RedisServer.FreePort();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}"));
        _process = WorkerProcess.Start(
            system.EdgeArguments("edge-process", port, adminPort), _directory.FullName, "Realtime.Edge.dll");
    }

    /// <summary>Where clients connect.</summary>
    public Uri Address { get; }

    public int Pid => _process.Pid;

    /// <summary>What it costs now, and the most it has cost.</summary>
    public ResidentMemory Memory => _process.Memory;

    public string Output => _process.Output;

    /// <summary>Starts it and waits until it can serve.</summary>
    public static async Task<EdgeProcess> StartAsync(RealtimeSystem system)
    {
        var edge = new EdgeProcess(system);
        await EdgeReadiness.WaitAsync(
            edge.Address, system.Certificate, TimeProvider.System, CancellationToken.None);
        return edge;
    }

    /// <summary>Where viewers connect, such as <c>/ws/agents?agents=a1</c>.</summary>
    public Uri Socket(string pathAndQuery) => new(new UriBuilder(Address) { Scheme = "wss" }.Uri, pathAndQuery);

    /// <summary>Waits for its end; its exit code.</summary>
    public Task<int> ExitAsync(TimeSpan within) => _process.ExitAsync(within);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
