using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Devhost.Certificates;
using Realtime.Devhost.Demo;
using Realtime.Devhost.SignIn;
using Realtime.Edge;
using Realtime.Edge.Pages;
using Realtime.Edge.Tls;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Workers;

namespace Realtime.Devhost;

/// <summary>
/// Everything in one process, started in the order in which it is needed and stopped the other way round:
/// <code>
///   demo agents ->  edge (https)  ->  worker 1 .. N (loopback)  ->  one log for all (embedded, or Redis)
/// </code>
/// The parts are those of production: they meet over sockets and configuration only.
/// </summary>
internal sealed class Devhost : IAsyncDisposable
{
    private static readonly TimeSpan PartStopMax = TimeSpan.FromSeconds(2);

    private readonly DevhostOptions _options;
    private readonly TimeProvider _time;
    private readonly DevhostSecrets _secrets = new();
    private readonly SignInCode _signInCode = new();
    private readonly List<WebApplication> _workers = [];
    private readonly List<ReadyWorker> _readyWorkers = [];
    private MemoryLog? _embeddedLog;
    private WebApplication? _edge;
    private DemoAgents? _demo;

    private Devhost(DevhostOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <summary>A link was used to sign in; <see cref="Ready"/> has the next one.</summary>
    public event Action? SignedIn;

    /// <summary>What scripts need to know.</summary>
    public ReadyFile Ready { get; private set; } = null!;

    /// <summary>The demo agents' ids.</summary>
    public IReadOnlyList<string> DemoAgentIds => _demo?.Ids ?? [];

    /// <summary>The first task of one of them, if there are any.</summary>
    public string? DemoTask => _demo?.FirstTask;

    /// <summary>
    /// Starts all; returns when requests are served. What was started is stopped again if something fails.
    /// </summary>
    public static async Task<Devhost> StartAsync(DevhostOptions options, TimeProvider time, CancellationToken stopping)
    {
        var devhost = new Devhost(options, time);
        try
        {
            await devhost.StartWorkersAsync(stopping);
            await devhost.StartEdgeAsync(stopping);
            return devhost;
        }
        catch
        {
            await devhost.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        // Workers first: they say goodbye to their viewers through the edge.
        await Task.WhenAll(_workers.Select(StopAsync));
        if (_edge is not null)
        {
            await StopAsync(_edge);
        }

        foreach (WebApplication? part in (IEnumerable<WebApplication?>)[.. _workers, _edge])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        if (_embeddedLog is not null)
        {
            await _embeddedLog.DisposeAsync();
        }
    }

    private async Task StartWorkersAsync(CancellationToken stopping)
    {
        _embeddedLog = _options.Redis is null
            ? new MemoryLog(new LogOptions(), _time, NullLogger<MemoryLog>.Instance)
            : null;
        for (int i = 1; i <= _options.Workers; i++)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"worker-{i}");
            WebApplication worker = WorkerHost.Build(
                DevhostArguments.OfWorker(_options, _secrets, id),
                builder =>
                {
                    Adopt(builder);
                    if (_embeddedLog is not null)
                    {
                        builder.Services.AddSingleton<IPartitionedLog>(_embeddedLog);
                    }
                });
            _workers.Add(worker);
            await worker.StartAsync(stopping);
            string address = worker.Services.GetRequiredService<IServer>()
                .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
            _readyWorkers.Add(new ReadyWorker(id, address, Environment.ProcessId));
        }
    }

    private async Task StartEdgeAsync(CancellationToken stopping)
    {
        string directory = CertificateDirectory.Find();
        string certificateFile = Path.Combine(directory, "edge.pem");
        await using (await DirectoryLock.TakeAsync(directory, _time, stopping))
        {
            _edge = EdgeHost.Build(
                DevhostArguments.OfEdge(_options, _secrets, certificateFile, _readyWorkers), Adopt);
            var signIn = new SignInEndpoint(
                _signInCode, () => DevhostTokens.Mint(_secrets.SigningKey, _time)["viewer"], OnSignedIn);
            _edge.MapPost(SignInEndpoint.Path, signIn.PostAsync);
            await _edge.StartAsync(stopping);
        }

        EdgeListeners listeners = _edge.Services.GetRequiredService<EdgeListeners>();
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(certificateFile);
        await EdgeReadiness.WaitAsync(listeners.PublicAddress, certificate, _time, stopping);

        IReadOnlyDictionary<string, string> tokens = DevhostTokens.Mint(_secrets.SigningKey, _time);
        Ready = new ReadyFile
        {
            Edge = BaseOf(listeners.PublicAddress),
            Page = PageLink(),
            Admin = BaseOf(listeners.AdminAddress),
            AdminToken = _secrets.AdminToken,
            Tokens = tokens,
            SigningKey = _secrets.SigningKey,
            Ca = certificateFile,
            Workers = _readyWorkers,
            Processes = [Environment.ProcessId],
        };
        if (_options.Demo)
        {
            _demo = DemoAgents.Start(
                listeners.PublicAddress, tokens["publisher"], certificate, _options.Redis is not null,
                new DemoOptions(), _time, _edge.Services.GetRequiredService<ILoggerFactory>());
        }
    }

    private void OnSignedIn()
    {
        Ready = Ready with { Page = PageLink() };
        SignedIn?.Invoke();
    }

    // By name: what people see in the address bar. The certificate is for both, and browsers try all its addresses.
    private string? PageLink()
    {
        IServiceProvider services = _edge!.Services;
        int port = services.GetRequiredService<EdgeListeners>().PublicAddress.Port;
        return services.GetRequiredService<PageFiles>().Any
            ? string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}/#code={_signInCode.Current}")
            : null;
    }

    private static void Adopt(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        // The banner says it already.
        builder.Logging.AddFilter("Realtime.Edge.Tls.EdgeCertificate", LogLevel.Error);
    }

    private static async Task StopAsync(WebApplication part)
    {
        using var patience = new CancellationTokenSource(PartStopMax);
        try
        {
            await part.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Connections that would not end were aborted.
        }
    }

    // Paths are appended to it.
    private static string BaseOf(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
