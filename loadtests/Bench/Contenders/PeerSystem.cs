using System.Globalization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>A peer as a process, without TLS, and its Redis where it needs one.</summary>
internal sealed class PeerSystem : IStartedSystem
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-");
    private StartedRedis? _redis;
    private ServerProcess? _process;

    private PeerSystem()
    {
    }

    /// <inheritdoc/>
    public Target Target { get; private set; } = null!;

    /// <summary>Starts it.</summary>
    /// <exception cref="TargetException">It did not come up; its last lines are in the message.</exception>
    public static async Task<PeerSystem> StartAsync(
        PeerProgram peer, IReadOnlyList<string> program, RedisChoice redis, TimeProvider time,
        CancellationToken stopping)
    {
        var system = new PeerSystem();
        try
        {
            await system.StartAllAsync(peer, program, redis, time, stopping);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Delete(recursive: true);
    }

    private async Task StartAllAsync(
        PeerProgram peer, IReadOnlyList<string> program, RedisChoice redis, TimeProvider time,
        CancellationToken stopping)
    {
        if (peer.HasRedis)
        {
            _redis = await StartedRedis.StartAsync(redis, _directory, time, stopping);
        }

        (int port, int ingest) = (FreePorts.Next(), FreePorts.Next());
        var cost = new WatchedProcess(peer.Name);
        _process = new ServerProcess(
            peer.Name, program[0],
            [
                .. program.Skip(1),
                .. peer.Arguments(port, ingest, _redis?.Endpoint ?? string.Empty, _directory.FullName),
            ],
            new Dictionary<string, string>(), cost);
        _process.Start();
        await _process.WaitAsync(() => Readiness.ListensAsync(port, stopping), StartMax, time, stopping);
        var access = new TargetAccess([Address("http", port)], string.Empty, null, string.Empty, null)
        {
            Ingest = peer.HasOwnIngest ? [Address("tcp", ingest)] : [],
            Speech = peer.Speech,
        };
        Target = new Target(access, time) { Processes = [cost, .. _redis?.Cost ?? []] };
    }

    private static Uri Address(string scheme, int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}"));
}
