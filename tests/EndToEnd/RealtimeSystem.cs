using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Devhost;
using Realtime.Devhost.Certificates;
using Realtime.Edge;
using Realtime.Edge.Tls;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Tests.Support;
using Realtime.Workers;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Edges over TLS and workers as in production, on real Kestrel and free ports of the loopback, in this process. They
/// meet over sockets only; a worker can be stopped and started again under the address that the edges know, or be a
/// process of its own.
/// </summary>
internal sealed class RealtimeSystem : IAsyncDisposable
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(30);

    private readonly RealtimeSystemOptions _options;
    private readonly DevhostSecrets _secrets = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-system-");
    private readonly MemoryLog? _memoryLog;
    private readonly WebApplication?[] _workers;
    private readonly List<WorkerProcess> _processes = [];
    private readonly string[] _workerAddresses;
    private readonly List<WebApplication> _edges = [];
    private readonly TokenMinter _minter;
    private X509Certificate2? _certificate;

    private RealtimeSystem(RealtimeSystemOptions options)
    {
        _options = options;
        _workers = new WebApplication?[options.Workers];
        _workerAddresses = [.. Enumerable.Range(0, options.Workers).Select(_ => string.Create(
            CultureInfo.InvariantCulture, $"http://127.0.0.1:{(options.AsProcesses ? RedisServer.FreePort() : 0)}"))];
        _memoryLog = options is { Redis: null, AsProcesses: false }
            ? new MemoryLog(options.Log, TimeProvider.System, NullLogger<MemoryLog>.Instance)
            : null;
        _minter = new TokenMinter(_secrets.SigningKey, TimeProvider.System);
    }

    /// <summary>The certificate of all edges: trust it.</summary>
    public X509Certificate2 Certificate => _certificate!;

    /// <summary>The same as a file, for other processes.</summary>
    public string CertificateFile => Path.Combine(_directory.FullName, "edge.pem");

    /// <summary>Key of the tokens, for those that are made wrong on purpose.</summary>
    public string SigningKey => _secrets.SigningKey;

    /// <summary>The operators' token of all edges.</summary>
    public string AdminToken => _secrets.AdminToken;

    /// <summary>The embedded log; null on Redis.</summary>
    public IPartitionedLog? EmbeddedLog => _memoryLog;

    /// <summary>Starts all and waits until every edge is ready.</summary>
    public static async Task<RealtimeSystem> StartAsync(RealtimeSystemOptions options)
    {
        var system = new RealtimeSystem(options);
        try
        {
            for (int i = 0; i < options.Workers; i++)
            {
                await system.StartWorkerAsync(i);
            }

            for (int i = 0; i < options.Edges; i++)
            {
                await system.StartEdgeAsync(i);
            }

            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Base address of an edge.</summary>
    public Uri Edge(int i = 0) => _edges[i].Services.GetRequiredService<EdgeListeners>().PublicAddress;

    /// <summary>Base address of an edge's admin endpoint.</summary>
    public Uri Admin(int i = 0) => _edges[i].Services.GetRequiredService<EdgeListeners>().AdminAddress;

    /// <summary>Where clients connect: <c>wss://…/ws/agents</c>, without a query.</summary>
    public Uri Socket(int edge = 0, string path = "/ws/agents") =>
        new UriBuilder(Edge(edge)) { Scheme = "wss", Path = path }.Uri;

    /// <summary>Base address of a worker.</summary>
    public Uri Worker(int i) => new(_workerAddresses[i]);

    /// <summary>What a worker serves, each as <c>METHODS pattern</c>.</summary>
    public IReadOnlyList<string> EndpointsOfWorker(int i) => HostHere.EndpointsOf(_workers[i]!);

    /// <summary>What an edge serves on any of its listeners.</summary>
    public IReadOnlyList<string> EndpointsOfEdge(int i) => HostHere.EndpointsOf(_edges[i]);

    /// <summary>What a worker in this process counts with.</summary>
    public IMeterFactory MetersOfWorker(int i) => _workers[i]!.Services.GetRequiredService<IMeterFactory>();

    /// <summary>What an edge counts with.</summary>
    public IMeterFactory MetersOfEdge(int i) => _edges[i].Services.GetRequiredService<IMeterFactory>();

    /// <summary>Whether an edge would give a worker new work now.</summary>
    public async Task<bool> IsAvailableAsync(int worker, int edge = 0)
    {
        using JsonDocument document = await WorkersAsync(edge);
        return document.RootElement.GetProperty("workers").EnumerateArray()
            .Single(one => one.GetProperty("id").GetString() == WorkerId(worker))
            .GetProperty("available").GetBoolean();
    }

    /// <summary>The workers, if they are processes.</summary>
    public IReadOnlyList<WorkerProcess> Processes => _processes;

    /// <summary>What an edge tells operators of the workers.</summary>
    public async Task<JsonDocument> WorkersAsync(int edge = 0)
    {
        using HttpClient client = CreateAdminClient(edge);
        return JsonDocument.Parse(await client.GetByteArrayAsync("admin/workers"));
    }

    /// <summary>An operator at an edge.</summary>
    public HttpClient CreateAdminClient(int edge = 0)
    {
        var client = new HttpClient(TrustingHandler.Create(Certificate)) { BaseAddress = Admin(edge) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return client;
    }

    /// <summary>Makes a token.</summary>
    public string Token(
        string scope = "read:* publish:*", string tenant = "acme", string subject = "tester",
        TimeSpan? lifetime = null) =>
        _minter.Mint(tenant, subject, scope, lifetime ?? TimeSpan.FromHours(1));

    /// <summary>A client of an edge that trusts its certificate.</summary>
    public HttpClient CreateClient(string? token = null, int edge = 0)
    {
        var client = new HttpClient(TrustingHandler.Create(Certificate)) { BaseAddress = Edge(edge) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>Starts a worker, for the first time or again.</summary>
    public async Task StartWorkerAsync(int i)
    {
        string[] arguments = Arguments(
            DevhostArguments.OfWorker(
                new DevhostOptions { Redis = _options.Redis }, _secrets, WorkerId(i), _workerAddresses[i]),
            _options.WorkerSettings,
            _options.Roles is { } roles ? ["--connection_plane:worker:roles:0", roles[i]] : []);
        if (_options.AsProcesses)
        {
            _processes.Add(WorkerProcess.Start(arguments, _directory.FullName));
        }
        else
        {
            await StartHereAsync(i, arguments);
        }

        if (_options.WaitsUntilReady)
        {
            using var client = new HttpClient { BaseAddress = Worker(i) };
            await Eventually.TrueAsync(
                "the worker is ready", () => IsReadyAsync(client), ReadyMax,
                () => string.Concat(_processes.Select(process => process.Output)));
        }
    }

    private async Task StartHereAsync(int i, string[] arguments)
    {
        WebApplication worker = WorkerHost.Build(
            arguments,
            builder =>
            {
                HostHere.Adopt(builder);
                if (_options.WorkerLogs is { } logs)
                {
                    builder.Logging.AddProvider(logs);
                }

                if (_options.ClocksAhead is { } ahead)
                {
                    builder.Services.AddSingleton<TimeProvider>(new ShiftedClock(ahead[i]));
                }

                if (_memoryLog is not null)
                {
                    builder.Services.AddSingleton<IPartitionedLog>(_memoryLog);
                }
            });
        _workers[i] = worker;
        await worker.StartAsync();
        _workerAddresses[i] = worker.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
    }

    /// <summary>Stops a worker: by the rules, or abruptly, so that its connections break.</summary>
    public async Task StopWorkerAsync(int i, bool abruptly = false)
    {
        if (_workers[i] is { } worker)
        {
            _workers[i] = null;
            await HostHere.StopAsync(worker, abruptly);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            _workers.OfType<WebApplication>().Concat(_edges).Select(part => HostHere.StopAsync(part, abruptly: true)));
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        if (_memoryLog is not null)
        {
            await _memoryLog.DisposeAsync();
        }

        _certificate?.Dispose();
        _directory.Delete(recursive: true);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync("readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // A process that does not listen yet.
            return false;
        }
    }

    private async Task StartEdgeAsync(int i)
    {
        WebApplication edge = EdgeHost.Build(
            EdgeArguments(string.Create(CultureInfo.InvariantCulture, $"edge-{i + 1}")), HostHere.Adopt);
        _edges.Add(edge);
        await edge.StartAsync();
        _certificate ??= X509CertificateLoader.LoadCertificateFromFile(CertificateFile);
        if (_options.WaitsUntilReady)
        {
            await EdgeReadiness.WaitAsync(Edge(i), Certificate, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>The command line of an edge before these workers.</summary>
    public string[] EdgeArguments(string id, int port = 0, int adminPort = 0)
    {
        ReadyWorker[] workers =
        [
            .. _workerAddresses.Select((address, n) => new ReadyWorker(
                WorkerId(n), _options.WayToWorker?.Invoke(n, new Uri(address)) ?? address, Environment.ProcessId)),
        ];
        return Arguments(
            DevhostArguments.OfEdge(
                new DevhostOptions { Port = port, AdminPort = adminPort }, _secrets, CertificateFile, workers),
            _options.EdgeSettings,
            "--connection_plane:edge:id", id);
    }

    private static string[] Arguments(
        string[] arguments, IReadOnlyDictionary<string, string> settings, params string[] more) =>
        [.. arguments, .. settings.SelectMany(setting => new[] { $"--{setting.Key}", setting.Value }), .. more];

    private static string WorkerId(int i) => string.Create(CultureInfo.InvariantCulture, $"worker-{i + 1}");
}
