using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Edge.Tls;

/// <summary>
/// A self-signed certificate for <c>localhost</c> and this machine, kept in a file until it nears its end.
/// </summary>
internal static class DevelopmentCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(7);
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Where it is kept if nothing is configured: in the user's data directory.</summary>
    public static string DefaultFile { get; } = Path.Combine(
        Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "realtime", "edge.pem");

    /// <summary>The file of the key that belongs to the certificate's file.</summary>
    public static string KeyFileOf(string certificateFile) => Path.ChangeExtension(certificateFile, ".key");

    /// <summary>Makes both files unless they are there and good for a while.</summary>
    public static void Ensure(string certificateFile, TimeProvider clock)
    {
        if (IsGood(certificateFile, clock))
        {
            return;
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(certificateFile))!;
        Directory.CreateDirectory(directory);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Make(key, clock.GetUtcNow());
        WritePrivately(KeyFileOf(certificateFile), key.ExportPkcs8PrivateKeyPem());
        WritePrivately(certificateFile, certificate.ExportCertificatePem());
    }

    private static bool IsGood(string certificateFile, TimeProvider clock)
    {
        if (!File.Exists(certificateFile) || !File.Exists(KeyFileOf(certificateFile)))
        {
            return false;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(certificateFile, KeyFileOf(certificateFile));
            return certificate.NotAfter.ToUniversalTime() > clock.GetUtcNow() + RenewBefore;
        }
        catch (CryptographicException)
        {
            // Half of a pair, or something else by that name: a new pair mends it.
            return false;
        }
    }

    private static X509Certificate2 Make(ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=Realtime development", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Environment.MachineName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);

        // Not a CA: trusting this file lets nobody sign for other names. The rest is what strict verifiers (OpenSSL's
        // X509_V_FLAG_X509_STRICT, Python's default) ask of a self-signed certificate.
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(subjectKey);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(subjectKey));
        // An hour back, for clients whose clocks are behind.
        return request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
    }

    /// <summary>
    /// By rename, so that no reader sees half a file; readable by the owner alone from its first byte.
    /// </summary>
    private static void WritePrivately(string path, string text)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(text);
            writer.Write('\n');
        }

        File.Move(temporary, path, overwrite: true);
    }
}
