using System.Globalization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>The Redis of a system that is started: a running one that was named, or a <c>redis-server</c> on a free
/// port.</summary>
internal sealed class StartedRedis : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    private readonly ServerProcess? _process;

    private StartedRedis(string endpoint, ServerProcess? process, IReadOnlyList<WatchedProcess> cost)
    {
        Endpoint = endpoint;
        _process = process;
        Cost = cost;
    }

    /// <summary><c>HOST:PORT</c>.</summary>
    public string Endpoint { get; }

    /// <summary>What is measured of it: nothing of one that was running.</summary>
    public IReadOnlyList<WatchedProcess> Cost { get; }

    /// <summary>Starts one where none was named; its data go into a directory that its owner deletes.</summary>
    /// <exception cref="TargetException">It is not installed, or did not come up.</exception>
    public static async Task<StartedRedis> StartAsync(
        RedisChoice choice, DirectoryInfo directory, TimeProvider time, CancellationToken stopping)
    {
        if (choice.Endpoint is { } running)
        {
            return new StartedRedis(running, null, []);
        }

        int port = FreePorts.Next();
        string number = port.ToString(CultureInfo.InvariantCulture);
        var cost = new WatchedProcess("redis");
        var process = new ServerProcess(
            "redis-server", "redis-server",
            [
                "--port", number, "--bind", "127.0.0.1", "--dir", directory.FullName, "--save", string.Empty,
                "--appendonly", "yes", "--appendfsync", choice.Fsync,
            ],
            new Dictionary<string, string>(), cost);
        var redis = new StartedRedis("127.0.0.1:" + number, process, [cost]);
        try
        {
            process.Start();
            await process.WaitAsync(() => Readiness.ListensAsync(port, stopping), StartMax, time, stopping);
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
