using System.Security.Cryptography;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Tls;

/// <summary>The certificate in use. Asked on every handshake, so that a reload needs no new listener.</summary>
internal sealed partial class EdgeCertificate
{
    public EdgeCertificate(TlsOptions options, TimeProvider clock, ILogger<EdgeCertificate> logger)
    {
        if (options.CertificateFile is { } certificateFile && options.KeyFile is { } keyFile)
        {
            Source = CertificateSource.File;
            Current = Load(certificateFile, keyFile, "certificate_file");
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
        Source = CertificateSource.Development;
        Current = Load(developmentFile, developmentKeyFile, "development_certificate_file");
        Log.DevelopmentCertificate(logger, developmentFile);
    }

    /// <summary>What new handshakes get.</summary>
    public ServerCertificate Current { get; }

    /// <summary>Where it comes from.</summary>
    public CertificateSource Source { get; }

    private static ServerCertificate Load(string certificateFile, string keyFile, string key)
    {
        try
        {
            return ServerCertificate.Read(certificateFile, keyFile);
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
