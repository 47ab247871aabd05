using System.Globalization;
using Realtime.Loadtests.Commands;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.StandIn;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>A proxy with TLS before a worker's stand-in (<see cref="StandInServer"/>), each a process.</summary>
internal sealed class ProxySystem : IStartedSystem
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-");
    private readonly WatchedProcess _standInCost = new("stand-in");
    private readonly ServerProcess _standIn;
    private readonly Uri _standInAddress;
    private IAsyncDisposable? _proxy;

    private ProxySystem()
    {
        int port = FreePorts.Next();
        _standInAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _standIn = new ServerProcess(
            "The stand-in", "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Realtime.Loadtests.dll"), StandInCommand.Name,
                port.ToString(CultureInfo.InvariantCulture),
            ],
            new Dictionary<string, string>(), _standInCost);
    }

    /// <inheritdoc/>
    public Target Target { get; private set; } = null!;

    /// <summary>Starts edges before it.</summary>
    public static Task<ProxySystem> StartEdgesAsync(
        string program, int count, TimeProvider time, CancellationToken stopping) =>
        StartAsync(
            async system =>
            {
                var secrets = new SystemSecrets();
                string certificate = Path.Combine(system._directory.FullName, "edge.pem");
                var edges = new EdgeFleet(
                    program, count, [system._standInAddress.GetLeftPart(UriPartial.Authority)], secrets.Environment,
                    certificate);
                system._proxy = edges;
                await edges.StartAsync(time, stopping);
                system.Target = new Target(
                    new TargetAccess(edges.Addresses, string.Empty, secrets.SigningKey, null, certificate)
                    {
                        Ingest = [system._standInAddress],
                    },
                    time)
                {
                    Processes = [edges.Cost, system._standInCost],
                };
                await edges.WaitAsync(system.Target, time, stopping);
            },
            time, stopping);

    /// <summary>Starts another proxy before it.</summary>
    public static Task<ProxySystem> StartAsync(
        ProxyProgram program, TimeProvider time, CancellationToken stopping) =>
        StartAsync(
            async system =>
            {
                int port = FreePorts.Next();
                string certificate = Path.Combine(system._directory.FullName, "proxy.pem");
                ProxyCertificate.Write(certificate, time);
                string file = Path.Combine(system._directory.FullName, "proxy.conf");
                await File.WriteAllTextAsync(
                    file, program.Configuration(port, system._standInAddress.Port, certificate), stopping);
                var cost = new WatchedProcess(program.Name);
                var process = new ServerProcess(
                    program.Name, PeerFolder.RequireProgram(program.Name, program.Package), program.Arguments(file),
                    new Dictionary<string, string>(), cost);
                system._proxy = process;
                var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}"));
                system.Target = new Target(
                    new TargetAccess([address], string.Empty, null, string.Empty, certificate)
                    {
                        Ingest = [system._standInAddress],
                    },
                    time)
                {
                    Processes = [cost, system._standInCost],
                };
                process.Start();
                using HttpClient http = TargetHttp.Create(system.Target, address, string.Empty, Readiness.AskMax);
                await process.WaitAsync(
                    () => Readiness.AskAsync(http, address, stopping), StartMax, time, stopping);
            },
            time, stopping);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _standIn.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static async Task<ProxySystem> StartAsync(
        Func<ProxySystem, Task> startProxy, TimeProvider time, CancellationToken stopping)
    {
        var system = new ProxySystem();
        try
        {
            system._standIn.Start();
            using var http = new HttpClient { Timeout = Readiness.AskMax };
            await system._standIn.WaitAsync(
                () => Readiness.AskAsync(http, system._standInAddress, stopping), StartMax, time, stopping);
            await startProxy(system);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }
}
