using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;

namespace Realtime.Edge.Tls;

/// <summary>
/// The certificate in use. Asked on every handshake: files that are replaced are taken over without a new listener,
/// and open connections stay.
/// </summary>
internal sealed partial class EdgeCertificate
{
    private readonly TimeProvider _clock;
    private readonly WatchedFile<ServerCertificate> _file;

    public EdgeCertificate(
        TlsOptions options, WatchedFiles files, TimeProvider clock, ILogger<EdgeCertificate> logger)
    {
        _clock = clock;
        if (options.CertificateFile is { } certificateFile && options.KeyFile is { } keyFile)
        {
            Source = CertificateSource.File;
            _file = Watch(files, certificateFile, keyFile, "certificate_file");
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

        Source = CertificateSource.Development;
        _file = Watch(
            files, developmentFile, DevelopmentCertificate.KeyFileOf(developmentFile), "development_certificate_file");
        Log.DevelopmentCertificate(logger, developmentFile);
    }

    /// <summary>What new handshakes get.</summary>
    public ServerCertificate Current => _file.Current;

    /// <summary>Where it comes from.</summary>
    public CertificateSource Source { get; }

    private WatchedFile<ServerCertificate> Watch(
        WatchedFiles files, string certificateFile, string keyFile, string key)
    {
        try
        {
            return files.Watch($"{TlsOptions.Section}:{key}", [certificateFile, keyFile], Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            throw IsCertificate(certificateFile)
                ? UnusableKey(key, keyFile, error)
                : Unusable(key, certificateFile, error);
        }
    }

    // Which of the two is to blame: a certificate that can be read is not.
    private static bool IsCertificate(string file)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            return false;
        }
    }

    private ServerCertificate Read(ImmutableArray<byte[]> contents)
    {
        var read = ServerCertificate.Read(Encoding.UTF8.GetString(contents[0]), Encoding.UTF8.GetString(contents[1]));
        // Null at start: then one that has ended is better than none.
        DateTimeOffset now = _clock.GetUtcNow();
        return _file is null || read.NotAfter > now || Current.NotAfter <= now
            ? read
            : throw new BadFileException($"it ended at {read.NotAfter:u}");
    }

    private static ConfigurationErrorException Unusable(string key, string file, Exception error) => new(
    [
        new($"{TlsOptions.Section}:{key}", file, $"cannot be used with its key ({error.Message})",
            "name a readable PEM file of a certificate, and the file of the private key that belongs to it"),
    ]);

    private static ConfigurationErrorException UnusableKey(string certificateKey, string file, Exception error) => new(
    [
        new($"{TlsOptions.Section}:{(certificateKey == "certificate_file" ? "key_file" : certificateKey)}", file,
            $"cannot be used with the certificate ({error.Message})",
            "name a readable PEM file of the private key, without a password, that belongs to the certificate"),
    ]);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The certificate is self-signed, for development: {File}. Clients must be told to trust it. In production "
            + "set connection_plane:edge:tls:certificate_file and key_file.")]
        public static partial void DevelopmentCertificate(ILogger logger, string file);
    }
}
