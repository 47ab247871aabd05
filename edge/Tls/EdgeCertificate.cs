using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Tls;

/// <summary>The certificate in use. Asked on every handshake, so that a reload needs no new listener.</summary>
internal sealed partial class EdgeCertificate
{
    public EdgeCertificate(TlsOptions options, TimeProvider clock, ILogger<EdgeCertificate> logger)
    {
        if (options.CertificateFile is { } certificateFile && options.KeyFile is { } keyFile)
        {
            Context = Load(certificateFile, keyFile, "certificate_file");
            return;
        }

        string developmentFile = options.DevelopmentCertificateFile ?? DevelopmentCertificate.DefaultFile;
        try
        {
            DevelopmentCertificate.Ensure(developmentFile, clock);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable("development_certificate_file", developmentFile, error);
        }

        string developmentKeyFile = DevelopmentCertificate.KeyFileOf(developmentFile);
        Context = Load(developmentFile, developmentKeyFile, "development_certificate_file");
        Log.DevelopmentCertificate(logger, developmentFile);
    }

    /// <summary>Certificate, key and intermediates.</summary>
    public SslStreamCertificateContext Context { get; }

    private static SslStreamCertificateContext Load(string certificateFile, string keyFile, string key)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            // Offline: the start of an edge does not wait for other people's servers to complete its chain.
            return SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(key, certificateFile, error);
        }
    }

    private static ConfigurationErrorException Unusable(string key, string file, Exception error) => new(
    [
        new($"{TlsOptions.Section}:{key}", file, $"cannot be used with its key ({error.Message})",
            "name a readable PEM file of a certificate, and the file of the private key that belongs to it"),
    ]);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The certificate is self-signed, for development: {File}. Clients must be told to trust it. In production "
            + "set connection_plane:edge:tls:certificate_file and key_file.")]
        public static partial void DevelopmentCertificate(ILogger logger, string file);
    }
}
