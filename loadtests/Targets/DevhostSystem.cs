using System.Globalization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// A devhost started for one run, on free ports, ended by its id with the run: everything in one process.
/// </summary>
internal sealed class DevhostSystem : IStartedSystem
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory;
    private readonly StartedRedis? _redis;
    private readonly ServerProcess _process;

    private DevhostSystem(DirectoryInfo directory, StartedRedis? redis, ServerProcess process)
    {
        _directory = directory;
        _redis = redis;
        _process = process;
    }

    /// <inheritdoc/>
    public Target Target { get; private set; } = null!;

    private string ReadyPath => Path.Combine(_directory.FullName, "ready.json");

    /// <summary>Starts one; returns it once all is up.</summary>
    /// <exception cref="TargetException">It ended or did not come up; its last lines are in the message.</exception>
    public static async Task<DevhostSystem> StartAsync(
        string devhost, TargetOptions options, TimeProvider time, CancellationToken stopping)
    {
        // Only this user may enter: the ready file holds tokens.
        DirectoryInfo directory = Directory.CreateTempSubdirectory("realtime-loadtest-");
        StartedRedis? redis = options.Redis is null
            ? null
            : await StartedRedis.StartAsync(options.Redis, directory, time, stopping);
        List<string> arguments =
        [
            devhost, "--port", "0", "--admin-port", "0", "--no-demo",
            "--ready-file", Path.Combine(directory.FullName, "ready.json"),
            "--workers", options.Workers.ToString(CultureInfo.InvariantCulture),
            .. redis is null ? Array.Empty<string>() : ["--redis", redis.Endpoint],
        ];
        var system = new DevhostSystem(
            directory, redis,
            new ServerProcess(
                "The devhost", "dotnet", arguments, SystemLimits.Environment(), new WatchedProcess("server")));
        try
        {
            system._process.Start();
            await system._process.WaitAsync(
                () => Task.FromResult(File.Exists(system.ReadyPath)), StartMax, time, stopping);
            system.Target = Target.FromReadyFile(ReadyFile.Read(system.ReadyPath), options, time, redis?.Cost ?? []);
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
        await _process.DisposeAsync();
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Delete(recursive: true);
    }
}
