using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Realtime.Devhost;
using Realtime.Devhost.Certificates;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos;

/// <summary>
/// Everything as in production, on one machine: three workers and two edges as processes, a Redis that loses nothing
/// it acknowledged, and between any two parts a network to which things can be done.
/// </summary>
/// <remarks>
/// <code>
/// clients, producers -> TcpBalancer -> edge 1, 2 -> TcpFaultProxy (each with each) -> worker 1, 2, 3
///                       (its links: ToEdge)         (ToWorker)                          |
///                                                              redis &lt;- TcpFaultProxy &lt;-+ (ToRedis)
/// </code>
/// </remarks>
internal sealed class ChaosSystem : IAsyncDisposable
{
    public const int WorkersCount = 3;
    public const int EdgesCount = 2;

    private static readonly TimeSpan HealingMax = TimeSpan.FromSeconds(60);

    private readonly DevhostSecrets _secrets = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-chaos-");
    private readonly int[] _workerPorts = [.. Enumerable.Range(0, WorkersCount).Select(_ => RedisServer.FreePort())];
    private readonly int[] _edgePorts = [.. Enumerable.Range(0, EdgesCount).Select(_ => RedisServer.FreePort())];
    private readonly int[] _adminPorts = [.. Enumerable.Range(0, EdgesCount).Select(_ => RedisServer.FreePort())];
    private readonly TokenMinter _minter;
    private HttpClient? _trusting;

    private ChaosSystem(RedisServer redis, string logDirectory)
    {
        Redis = redis;
        _minter = new TokenMinter(_secrets.SigningKey, TimeProvider.System);
        ToRedis = [.. _workerPorts.Select(_ => new TcpFaultProxy(redis.Port))];
        ToWorker = [.. _edgePorts.Select(_ => _workerPorts.Select(port => new TcpFaultProxy(port)).ToArray())];
        Workers = [.. Enumerable.Range(0, WorkersCount).Select(i => new ChaosProcess(
            WorkerId(i), "Realtime.Workers.dll", WorkerArguments(i),
            Path.Combine(logDirectory, $"{WorkerId(i)}.log")))];
        Edges = [.. Enumerable.Range(0, EdgesCount).Select(i => new ChaosProcess(
            EdgeId(i), "Realtime.Edge.dll", EdgeArguments(i), Path.Combine(logDirectory, $"{EdgeId(i)}.log")))];
        Public = new TcpBalancer(_edgePorts);
    }

    public RedisServer Redis { get; }

    public IReadOnlyList<ChaosProcess> Workers { get; }

    public IReadOnlyList<ChaosProcess> Edges { get; }

    /// <summary>In front of the edges.</summary>
    public TcpBalancer Public { get; }

    /// <summary>By edge and worker.</summary>
    public IReadOnlyList<TcpFaultProxy[]> ToWorker { get; }

    /// <summary>By worker.</summary>
    public IReadOnlyList<TcpFaultProxy> ToRedis { get; }

    /// <summary>The one address that clients have.</summary>
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Public.Port}"));

    /// <summary>The certificate of all edges: trust it.</summary>
    public X509Certificate2 Certificate { get; private set; } = null!;

    private string CertificateFile => Path.Combine(_directory.FullName, "edge.pem");

    /// <summary>Starts all, and waits until every edge can reach every worker.</summary>
    /// <param name="logDirectory">Where each process leaves what it says.</param>
    public static async Task<ChaosSystem> StartAsync(string logDirectory)
    {
        var system = new ChaosSystem(await RedisServer.StartAsync(RedisPersistence.Always), logDirectory);
        try
        {
            foreach (ChaosProcess process in system.Workers.Append(system.Edges[0]))
            {
                process.Start();
            }

            // The first edge makes the certificate; all others find it.
            await Eventually.TrueAsync(
                "the first edge has made a certificate", () => File.Exists(system.CertificateFile), HealingMax);
            system.Certificate = X509CertificateLoader.LoadCertificateFromFile(system.CertificateFile);
            system._trusting = new HttpClient(TrustingHandler.Create(system.Certificate))
            {
                // More than an edge waits for a worker that hangs.
                Timeout = TimeSpan.FromSeconds(5),
            };
            foreach (ChaosProcess edge in system.Edges.Skip(1))
            {
                edge.Start();
            }

            await system.HealedAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public static string WorkerId(int i) => string.Create(CultureInfo.InvariantCulture, $"worker-{i + 1}");

    public static string EdgeId(int i) => string.Create(CultureInfo.InvariantCulture, $"edge-{i + 1}");

    /// <summary>Makes a token; clients are spread over subjects, as each may hold so many connections only.</summary>
    public string Token(string scope, int subject) => _minter.Mint(
        "acme", string.Create(CultureInfo.InvariantCulture, $"user-{subject % 7}"), scope, TimeSpan.FromHours(12));

    /// <summary>Waits until every part is there again and every edge would give every worker work.</summary>
    public Task HealedAsync()
    {
        string last = string.Empty;
        return Eventually.TrueAsync(
            "all workers are available to all edges",
            async () =>
            {
                for (int i = 0; i < EdgesCount; i++)
                {
                    if (await AdminAsync(i, "admin/workers", HttpMethod.Get) is not { } answer)
                    {
                        last = $"{EdgeId(i)} does not answer";
                        return false;
                    }

                    using (answer)
                    {
                        last = answer.RootElement.GetRawText();
                        if (answer.RootElement.GetProperty("workers").EnumerateArray()
                            .Count(one => one.GetProperty("available").GetBoolean()) != WorkersCount)
                        {
                            return false;
                        }
                    }
                }

                return true;
            },
            HealingMax, () => last);
    }

    /// <summary>Asks an edge's admin endpoint; null if it gave no good answer.</summary>
    public async Task<JsonDocument?> AdminAsync(int edge, string path, HttpMethod method)
    {
        try
        {
            using var request = new HttpRequestMessage(
                method, string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_adminPorts[edge]}/{path}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _secrets.AdminToken);
            using HttpResponseMessage answer = await _trusting!.SendAsync(request);
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync())
                : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Workers.Concat(Edges).Select(process => process.DisposeAsync().AsTask()));
        await Public.DisposeAsync();
        await Task.WhenAll(
            ToRedis.Concat(ToWorker.SelectMany(links => links)).Select(proxy => proxy.DisposeAsync().AsTask()));
        await Redis.DisposeAsync();
        _trusting?.Dispose();
        Certificate?.Dispose();
        _directory.Delete(recursive: true);
    }

    private string[] WorkerArguments(int i) =>
    [
        .. DevhostArguments.OfWorker(
            new DevhostOptions
            {
                Redis = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ToRedis[i].Port}"),
            },
            _secrets, WorkerId(i),
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_workerPorts[i]}")),
        .. Settings(
            ("telemetry:log_level", "information"),
            ("connection_plane:shutdown_timeout", "10s"),

            // Nothing is trimmed in a run of an hour: whoever comes late still gets all.
            ("event_plane:entries_per_stream_max", "1000000"),
            ("event_plane:stored_bytes_per_tenant_max", "4GiB"),
            ("event_plane:terminal:retention_bytes", "256MiB"),

            // A network that swallows everything is to be noticed within seconds, not within the default 40.
            ("connection_plane:connections:heartbeat", "2s")),
    ];

    private string[] EdgeArguments(int i) =>
    [
        .. DevhostArguments.OfEdge(
            new DevhostOptions { Port = _edgePorts[i], AdminPort = _adminPorts[i] }, _secrets, CertificateFile,
            [.. ToWorker[i].Select((proxy, n) => new ReadyWorker(
                WorkerId(n), string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{proxy.Port}"), 0))]),
        .. Settings(
            ("connection_plane:edge:id", EdgeId(i)),
            ("telemetry:log_level", "information"),
            ("connection_plane:shutdown_timeout", "10s"),
            ("connection_plane:edge:pages:enabled", "false")),
    ];

    private static IEnumerable<string> Settings(params (string Key, string Value)[] settings) =>
        settings.SelectMany(setting => new[] { $"--{setting.Key}", setting.Value });
}
