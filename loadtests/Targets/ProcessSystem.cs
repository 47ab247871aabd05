using System.Globalization;
using System.Security.Cryptography;
using Realtime.Hosting.Identity;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// Edges, workers and Redis as processes of their own, as in production, on free ports of this machine; each kind is
/// measured apart:
/// <code>
///   clients --> edge 1 … E --> worker 1 … W --> redis
/// </code>
/// </summary>
internal sealed class ProcessSystem : IStartedSystem
{
    private const string Tenant = "demo";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-");
    private readonly SystemPrograms _programs;
    private readonly TargetOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, string> _secrets;
    private readonly string _signingKey = NewSecret();
    private readonly int[] _workerPorts;
    private readonly int[] _edgePorts;
    private readonly WatchedProcess _workerCost = new("worker");
    private readonly WatchedProcess _edgeCost = new("edge");
    private StartedRedis? _redis;

    private ProcessSystem(SystemPrograms programs, TargetOptions options, TimeProvider time)
    {
        _programs = programs;
        _options = options;
        _time = time;
        _workerPorts = [.. Enumerable.Range(0, options.Workers).Select(_ => FreePorts.Next())];
        _edgePorts = [.. Enumerable.Range(0, options.Edges).Select(_ => FreePorts.Next())];
        _secrets = SystemLimits.Environment();
        _secrets[SystemLimits.EnvironmentNameOf("connection_plane:auth:signing_key")] = _signingKey;
        _secrets[SystemLimits.EnvironmentNameOf("connection_plane:internal_keys:0")] = NewSecret();
        _secrets[SystemLimits.EnvironmentNameOf("connection_plane:edge:admin_token")] = NewSecret();
    }

    /// <inheritdoc/>
    public Target Target { get; private set; } = null!;

    /// <summary>The workers.</summary>
    public IReadOnlyList<ServerProcess> Workers { get; private set; } = [];

    /// <summary>The edges.</summary>
    public IReadOnlyList<ServerProcess> Edges { get; private set; } = [];

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
            await system.StartEdgesAsync(stopping);
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
        using var http = new HttpClient { Timeout = AskMax };
        await Workers[worker].WaitAsync(
            () => IsReadyAsync(http, new Uri(AddressOfWorker(worker)), stopping), StartMax, _time, stopping);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Edges.Select(edge => edge.DisposeAsync().AsTask()));
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
                    _programs.Worker, .. Common(),
                    "--connection_plane:worker:id", Invariant($"worker-{i + 1}"),
                    "--connection_plane:worker:listen", AddressOfWorker(i),
                    "--event_plane:redis:endpoints:0", _redis!.Endpoint,
                ],
                _secrets, _workerCost)),
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

    private async Task StartEdgesAsync(CancellationToken stopping)
    {
        Edges =
        [
            .. Enumerable.Range(0, _options.Edges).Select(i => new ServerProcess(
                Invariant($"edge-{i + 1}"), "dotnet",
                [
                    _programs.Edge, .. Common(),
                    "--connection_plane:edge:id", Invariant($"edge-{i + 1}"),
                    "--connection_plane:edge:listen", AddressOfEdge(i),
                    "--connection_plane:edge:admin_listen", Invariant($"https://127.0.0.1:{FreePorts.Next()}"),
                    "--connection_plane:edge:tls:development_certificate", "true",
                    "--connection_plane:edge:tls:development_certificate_file", CertificateFile,
                    "--connection_plane:edge:pages:enabled", "false",
                    .. Enumerable.Range(0, _options.Workers).SelectMany(worker => new[]
                    {
                        Invariant($"--connection_plane:edge:workers:{worker}:id"), Invariant($"worker-{worker + 1}"),
                        Invariant($"--connection_plane:edge:workers:{worker}:address"), AddressOfWorker(worker),
                    }),
                ],
                _secrets, _edgeCost)),
        ];
        for (int i = 0; i < Edges.Count; i++)
        {
            // The first makes the certificate; the others find it.
            Edges[i].Start();
            await Edges[i].WaitAsync(
                () => Task.FromResult(File.Exists(CertificateFile)), StartMax, _time, stopping);
        }

        Target = CreateTarget();
        for (int i = 0; i < Edges.Count; i++)
        {
            using HttpClient http = TargetHttp.Create(Target, new Uri(AddressOfEdge(i)), string.Empty, AskMax);
            await Edges[i].WaitAsync(
                () => IsReadyAsync(http, http.BaseAddress!, stopping), StartMax, _time, stopping);
        }
    }

    private Target CreateTarget() => new(
        new TargetAccess(
            [.. Enumerable.Range(0, _options.Edges).Select(i => new Uri(AddressOfEdge(i)))],
            new TokenMinter(_signingKey, _time).Mint(Tenant, "loadtest-publisher", "publish:*", TokenLifetime),
            _signingKey, null, CertificateFile),
        _time)
    {
        Processes = [_edgeCost, _workerCost, .. _redis!.Cost, .. Target.Extra(_options)],
    };

    private static string[] Common() =>
    [
        // An empty file: what lies in the current directory is meant for others.
        "--config", "/dev/null", "--connection_plane:shutdown_timeout", "2s", "--telemetry:log_level", "warning",
    ];

    private string AddressOfWorker(int worker) => Invariant($"http://127.0.0.1:{_workerPorts[worker]}");

    private string AddressOfEdge(int edge) => Invariant($"https://127.0.0.1:{_edgePorts[edge]}");

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri address, CancellationToken stopping)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address, "readyz"), stopping);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException
            || (failure is TaskCanceledException && !stopping.IsCancellationRequested))
        {
            return false;
        }
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
