using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>The system under load, as clients see it, and its processes, as the machine sees them.</summary>
internal sealed class Target
{
    private readonly X509ChainPolicy? _chainPolicy;

    private Target(Uri edge, string publisherToken, ViewerTokens viewerTokens, string? certificateFile)
    {
        Edge = edge;
        PublisherToken = publisherToken;
        ViewerTokens = viewerTokens;
        _chainPolicy = certificateFile is null ? null : Trusting(certificateFile);
    }

    /// <summary>Https base address.</summary>
    public Uri Edge { get; }

    /// <summary>Bearer token that may publish.</summary>
    public string PublisherToken { get; }

    /// <summary>Bearer tokens that may read.</summary>
    public ViewerTokens ViewerTokens { get; }

    /// <summary>The processes whose cost is measured; empty if they run elsewhere.</summary>
    public required IReadOnlyList<WatchedProcess> Processes { get; init; }

    /// <summary>The system that a ready file describes.</summary>
    public static Target FromReadyFile(ReadyFile ready, TargetOptions options, TimeProvider time) =>
        new(
            ready.Edge,
            ready.Tokens.TryGetValue("publisher", out string? token)
                ? token
                : throw new TargetException("The ready file has no token called 'publisher'."),
            ViewerTokens.Minted(ready.SigningKey, time),
            ready.Ca)
        {
            Processes =
            [
                .. ready.Processes.Select((pid, i) => new WatchedProcess(
                    i == 0 ? "server" : string.Create(CultureInfo.InvariantCulture, $"server-{i + 1}"), pid)),
                .. Extra(options),
            ],
        };

    /// <summary>
    /// A running system by its address; tokens come from the environment, never from the command line.
    /// </summary>
    public static Target FromEdge(Uri edge, TargetOptions options, Func<string, string?> environment)
    {
        string Required(string name) => environment(name) is { Length: > 0 } value
            ? value
            : throw new TargetException(
                $"--edge needs a token in the environment variable {name} (the devhost prints an export line with it). "
                + "Or give --ready-file PATH instead of --edge.");

        return new Target(
            edge,
            Required(TargetOptions.PublisherVariable),
            ViewerTokens.Shared(Required(TargetOptions.ViewerVariable)),
            options.CertificateFile ?? environment(TargetOptions.CertificateVariable))
        {
            Processes = [.. Extra(options)],
        };
    }

    /// <summary>TLS as this system needs it; no other protocol than HTTP/1.1, which carries an upgrade.</summary>
    public SslClientAuthenticationOptions CreateTlsOptions() => new()
    {
        TargetHost = Edge.Host,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        CertificateChainPolicy = _chainPolicy?.Clone(),
    };

    private static IEnumerable<WatchedProcess> Extra(TargetOptions options) =>
        options.Processes.Select(process => new WatchedProcess(process.Key, process.Value));

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
