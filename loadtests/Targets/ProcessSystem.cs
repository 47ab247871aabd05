using System.Globalization;
using Realtime.Hosting.Identity;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// Edges, workers and Redis as processes of their own, as in production, on free ports of this machine; each kind is
/// measured apart:
/// <code>
///   clients --> edge 1 … E --> worker 1 … W --> redis
/// </code>
/// Without edges clients go straight to the workers, with stamps as an edge makes them.
/// </summary>
internal sealed class ProcessSystem : IStartedSystem
{
    private const string Tenant = "demo";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-");
    private readonly SystemPrograms _programs;
    private readonly TargetOptions _options;
    private readonly TimeProvider _time;
    private readonly SystemSecrets _secrets = new();
    private readonly string[] _workerAddresses;
    private readonly WatchedProcess _workerCost = new("worker");
    private readonly EdgeFleet _edges;
    private StartedRedis? _redis;

    private ProcessSystem(SystemPrograms programs, TargetOptions options, TimeProvider time)
    {
        _programs = programs;
        _options = options;
        _time = time;
        _workerAddresses =
            [.. Enumerable.Range(0, options.Workers).Select(_ => Invariant($"http://127.0.0.1:{FreePorts.Next()}"))];
        _edges = new EdgeFleet(
            programs.Edge, options.Edges, _workerAddresses, _secrets.Environment, CertificateFile);
    }

    /// <summary>What the command line of each of our processes begins with.</summary>
    public static IReadOnlyList<string> CommonArguments { get; } =
    [
        // An empty file: what lies in the current directory is meant for others.
        "--config", "/dev/null", "--connection_plane:shutdown_timeout", "2s", "--telemetry:log_level", "warning",
    ];

    /// <inheritdoc/>
    public Target Target { get; private set; } = null!;

    /// <summary>The workers.</summary>
    public IReadOnlyList<ServerProcess> Workers { get; private set; } = [];

    private string CertificateFile => Path.Combine(_directory.FullName, "edge.pem");

    /// <summary>Starts all; returns once every edge and every worker says that it is ready.</summary>
    /// <exception cref="TargetException">One ended or did not come up; its last lines are in the message.</exception>
    public static async Task<ProcessSystem> StartAsync(
        SystemPrograms programs, TargetOptions options, TimeProvider time, CancellationToken stopping)
    {
        var system = new ProcessSystem(programs, options, time);
        try
        {
            system._redis = await StartedRedis.StartAsync(
                options.Redis ?? RedisChoice.Started, system._directory, time, stopping);
            await system.StartWorkersAsync(stopping);
            await system._edges.StartAsync(time, stopping);
            system.Target = system.CreateTarget();
            await system._edges.WaitAsync(system.Target, time, stopping);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a worker that was started says that it is ready.</summary>
    public async Task WaitForWorkerAsync(int worker, CancellationToken stopping)
    {
        using var http = new HttpClient { Timeout = Readiness.AskMax };
        await Workers[worker].WaitAsync(
            () => Readiness.AskAsync(http, new Uri(_workerAddresses[worker]), stopping), StartMax, _time, stopping);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _edges.DisposeAsync();
        await Task.WhenAll(Workers.Select(worker => worker.DisposeAsync().AsTask()));
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Delete(recursive: true);
    }

    private async Task StartWorkersAsync(CancellationToken stopping)
    {
        Workers =
        [
            .. Enumerable.Range(0, _options.Workers).Select(i => new ServerProcess(
                Invariant($"worker-{i + 1}"), "dotnet",
                [
                    _programs.Worker, .. CommonArguments,
                    "--connection_plane:worker:id", Invariant($"worker-{i + 1}"),
                    "--connection_plane:worker:listen", _workerAddresses[i],
                    "--event_plane:redis:endpoints:0", _redis!.Endpoint,
                ],
                _secrets.Environment, _workerCost)),
        ];
        foreach (ServerProcess worker in Workers)
        {
            worker.Start();
        }

        for (int i = 0; i < Workers.Count; i++)
        {
            await WaitForWorkerAsync(i, stopping);
        }
    }

    private Target CreateTarget() => _options.Edges == 0
        ? new Target(
            new TargetAccess([.. _workerAddresses.Select(address => new Uri(address))], string.Empty, null, null, null)
            {
                StampKey = _secrets.StampKey,
            },
            _time)
        {
            Processes = [_workerCost, .. _redis!.Cost, .. Target.Extra(_options)],
        }
        : new Target(
            new TargetAccess(
                _edges.Addresses,
                new TokenMinter(_secrets.SigningKey, _time)
                    .Mint(Tenant, "loadtest-publisher", "publish:*", TokenLifetime),
                _secrets.SigningKey, null, CertificateFile),
            _time)
        {
            Processes = [_edges.Cost, _workerCost, .. _redis!.Cost, .. Target.Extra(_options)],
        };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
