using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Realtime.Client;

namespace Realtime.Cli.Connections;

/// <summary>Where the server is, and who asks.</summary>
internal sealed record ConnectionSettings
{
    public required Uri Url { get; init; }

    public required TokenProvider Token { get; init; }

    /// <summary>
    /// Whether another token may stand where this one came from: one that is refused is asked for again.
    /// </summary>
    public bool IsTokenRenewable { get; init; }

    public bool IsInsecure { get; init; }

    public X509Certificate2? TrustedCertificate { get; init; }

    /// <summary>Shown to an edge that asks for one.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Options of a client; the rest are its defaults.</summary>
    public RealtimeClientOptions ToOptions() => new()
    {
        Url = Url,
        Token = Token,
        TrustedCertificate = TrustedCertificate,
        ClientCertificate = IsInsecure ? null : ClientCertificate,
        CreateHandler = IsInsecure ? CreateTrustfulHandler : null,
    };

    /// <summary>Makes a client.</summary>
    /// <exception cref="CliException">The address has not the form that the client asks for.</exception>
    public static RealtimeClient CreateClient(RealtimeClientOptions options)
    {
        try
        {
            return new RealtimeClient(options);
        }
        catch (ArgumentException failure)
        {
            string wrong = failure.Message.Split(" (Parameter", 2)[0];
            throw new CliException($"The settings are wrong: {wrong}", ExitCodes.Usage);
        }
    }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"ConnectionSettings {{ Url = {Url} }}";

    private SocketsHttpHandler CreateTrustfulHandler()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
#pragma warning disable CA5359 // Asked for by --insecure, which is refused for addresses of other machines.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        if (ClientCertificate is { } shown)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(
                shown, additionalCertificates: null, offline: true);
        }

        return handler;
    }
}
