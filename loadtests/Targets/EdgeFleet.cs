using System.Globalization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>Edges as processes, before workers that listen already.</summary>
internal sealed class EdgeFleet : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly string _certificateFile;

    /// <summary>Makes them; none is started.</summary>
    /// <param name="program">The edge.</param>
    /// <param name="count">How many.</param>
    /// <param name="workers">Addresses of the workers.</param>
    /// <param name="secrets">Keys that all know, as environment variables.</param>
    /// <param name="certificateFile">Where the certificate goes that all show.</param>
    public EdgeFleet(
        string program, int count, IReadOnlyList<string> workers, IReadOnlyDictionary<string, string> secrets,
        string certificateFile)
    {
        _certificateFile = certificateFile;
        Addresses =
        [
            .. Enumerable.Range(0, count).Select(_ => new Uri(Invariant($"https://127.0.0.1:{FreePorts.Next()}"))),
        ];
        Processes =
        [
            .. Addresses.Select((address, i) => new ServerProcess(
                Invariant($"edge-{i + 1}"), "dotnet",
                [
                    program, .. ProcessSystem.CommonArguments,
                    "--connection_plane:edge:id", Invariant($"edge-{i + 1}"),
                    "--connection_plane:edge:listen", address.GetLeftPart(UriPartial.Authority),
                    "--connection_plane:edge:admin_listen", Invariant($"https://127.0.0.1:{FreePorts.Next()}"),
                    "--connection_plane:edge:tls:development_certificate", "true",
                    "--connection_plane:edge:tls:development_certificate_file", certificateFile,
                    "--connection_plane:edge:pages:enabled", "false",
                    .. workers.SelectMany((worker, n) => new[]
                    {
                        Invariant($"--connection_plane:edge:workers:{n}:id"), Invariant($"worker-{n + 1}"),
                        Invariant($"--connection_plane:edge:workers:{n}:address"), worker,
                    }),
                ],
                secrets, Cost)),
        ];
    }

    /// <summary>Where they listen.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <summary>The processes.</summary>
    public IReadOnlyList<ServerProcess> Processes { get; }

    /// <summary>What they cost, together.</summary>
    public WatchedProcess Cost { get; } = new("edge");

    /// <summary>Starts all; the certificate is there when this returns.</summary>
    /// <exception cref="TargetException">One ended or did not come up; its last lines are in the message.</exception>
    public async Task StartAsync(TimeProvider time, CancellationToken stopping)
    {
        foreach (ServerProcess edge in Processes)
        {
            // The first makes the certificate; the others find it.
            edge.Start();
            await edge.WaitAsync(
                () => Task.FromResult(File.Exists(_certificateFile)), StartMax, time, stopping);
        }
    }

    /// <summary>Waits until all say that they are ready.</summary>
    /// <exception cref="TargetException">One ended or did not come up; its last lines are in the message.</exception>
    public async Task WaitAsync(Target target, TimeProvider time, CancellationToken stopping)
    {
        foreach ((ServerProcess edge, Uri address) in Processes.Zip(Addresses))
        {
            using HttpClient http = TargetHttp.Create(target, address, string.Empty, Readiness.AskMax);
            await edge.WaitAsync(() => Readiness.AskAsync(http, address, stopping), StartMax, time, stopping);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(Processes.Select(edge => edge.DisposeAsync().AsTask()));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
