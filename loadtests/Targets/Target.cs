using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>The system under load, as clients see it, and its processes, as the machine sees them.</summary>
internal sealed class Target
{
    private readonly X509ChainPolicy? _chainPolicy;

    /// <summary>Makes one.</summary>
    /// <exception cref="TargetException">The certificate can't be read.</exception>
    public Target(TargetAccess access, TimeProvider time)
    {
        Access = access;
        Stamps = access.StampKey is { } stampKey ? new WorkerStamps(stampKey, time) : null;
        ViewerTokens = Stamps is { } stamps ? ViewerTokens.Stamped(stamps)
            : access.SigningKey is { } key ? ViewerTokens.Minted(key, time)
            : ViewerTokens.Shared(access.ViewerToken ?? string.Empty);
        _chainPolicy = access.CertificateFile is null ? null : Trusting(access.CertificateFile);
    }

    /// <summary>How it is reached.</summary>
    public TargetAccess Access { get; }

    /// <summary>Base address of the first edge.</summary>
    public Uri Edge => Access.Edges[0];

    /// <summary>Whether clients go without TLS, so past all edges.</summary>
    public bool IsPlain => Edge.Scheme == Uri.UriSchemeHttp;

    /// <summary>What stands for an edge's word, where clients go straight to workers; else null.</summary>
    public WorkerStamps? Stamps { get; }

    /// <summary>Bearer token that may publish.</summary>
    public string PublisherToken => Access.PublisherToken;

    /// <summary>Bearer tokens that may read.</summary>
    public ViewerTokens ViewerTokens { get; }

    /// <summary>The processes of the system; empty if they run elsewhere.</summary>
    public IReadOnlyList<WatchedProcess> Processes { get; init; } = [];

    /// <summary>This process, and those that it has clients in.</summary>
    public WatchedProcess Client { get; } = WatchedProcess.Client();

    /// <summary>Those of the system, then the client's.</summary>
    public IReadOnlyList<WatchedProcess> AllProcesses => [.. Processes, Client];

    /// <summary>The system that a ready file describes.</summary>
    public static Target FromReadyFile(
        ReadyFile ready, TargetOptions options, TimeProvider time, IReadOnlyList<WatchedProcess>? besides = null) =>
        new(
            new TargetAccess(
                [ready.Edge],
                ready.Tokens.TryGetValue("publisher", out string? token)
                    ? token
                    : throw new TargetException("The ready file has no token called 'publisher'."),
                ready.SigningKey, null, ready.Ca),
            time)
        {
            Processes = [new WatchedProcess("server", [.. ready.Processes]), .. besides ?? [], .. Extra(options)],
        };

    /// <summary>
    /// A running system by its address; tokens come from the environment, never from the command line.
    /// </summary>
    public static Target FromEdge(
        Uri edge, TargetOptions options, Func<string, string?> environment, TimeProvider time)
    {
        string Required(string name) => environment(name) is { Length: > 0 } value
            ? value
            : throw new TargetException(
                $"--edge needs a token in the environment variable {name} (the devhost prints an export line with it). "
                + "Or give --ready-file PATH instead of --edge.");

        return new Target(
            new TargetAccess(
                [edge], Required(TargetOptions.PublisherVariable), null, Required(TargetOptions.ViewerVariable),
                options.CertificateFile ?? environment(TargetOptions.CertificateVariable)),
            time)
        {
            Processes = [.. Extra(options)],
        };
    }

    /// <summary>Other processes that were named to be measured.</summary>
    public static IEnumerable<WatchedProcess> Extra(TargetOptions options) => options.Processes
        .GroupBy(process => process.Key, process => process.Value)
        .Select(named => new WatchedProcess(named.Key, [.. named]));

    /// <summary>For who measures processes of some names, or whichever there are.</summary>
    /// <exception cref="TargetException">They are not known. The message says what to do.</exception>
    public void RequireProcesses(string scenario, params IReadOnlyList<string> names)
    {
        string[] missing =
            [.. names.DefaultIfEmpty("server").Except(Processes.Select(process => process.Name))];
        if (missing.Length > 0 && (names.Count > 0 || Processes.Count == 0))
        {
            throw new TargetException(
                $"{scenario} measures processes of the system, and does not know {string.Join(" and ", missing)}. Name "
                + $"them (on this machine): {string.Join(' ', missing.Select(name => $"--process {name}=PID"))}. "
                + "Or let this command start the system: leave --edge and --ready-file out.");
        }
    }

    /// <summary>The edge of a client.</summary>
    public Uri EdgeOf(int client) => Access.Edges[client % Access.Edges.Count];

    /// <summary>Where a connection that publishes goes.</summary>
    public Uri IngestOf(int connection) =>
        Access.Ingest.Count == 0 ? EdgeOf(connection) : Access.Ingest[connection % Access.Ingest.Count];

    /// <summary>TLS as this system needs it; no other protocol than HTTP/1.1, which carries an upgrade.</summary>
    public SslClientAuthenticationOptions CreateTlsOptions() => new()
    {
        TargetHost = Edge.Host,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        CertificateChainPolicy = _chainPolicy?.Clone(),
    };

    private static X509ChainPolicy Trusting(string certificateFile)
    {
        try
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(certificateFile);
            return policy;
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"The certificate {certificateFile} can't be read: {failure.Message}", failure);
        }
    }
}
