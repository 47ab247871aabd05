using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Devhost.Certificates;

/// <summary>
/// A certificate for localhost that this user's devhosts share, so that what was told to trust it once goes on to work.
/// Lives beside its key in a directory of the user's own; made anew when it is absent, damaged or about to expire.
/// </summary>
internal sealed class SelfMadeCertificate : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(14);

    private SelfMadeCertificate(string certificatePath, string keyPath, X509Certificate2 certificate)
    {
        CertificatePath = certificatePath;
        KeyPath = keyPath;
        Certificate = certificate;
    }

    /// <summary>Path of the certificate (PEM): what clients are told to trust.</summary>
    public string CertificatePath { get; }

    /// <summary>Path of its private key (PEM, PKCS #8).</summary>
    public string KeyPath { get; }

    /// <summary>The certificate with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Where certificates of this user live; a directory of this run alone if there is no home.</summary>
    public static string DefaultDirectory()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        if (data.Length > 0)
        {
            try
            {
                string directory = Path.Combine(data, "realtime");
                Directory.CreateDirectory(directory);
                return directory;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A home that can't be written, as in many containers.
            }
        }

        return Directory.CreateTempSubdirectory("realtime-").FullName;
    }

    /// <summary>Loads the directory's certificate, or makes one.</summary>
    public static SelfMadeCertificate LoadOrCreate(string directory, TimeProvider time)
    {
        string certificatePath = Path.Combine(directory, "devhost.crt");
        string keyPath = Path.Combine(directory, "devhost.key");

        // Two devhosts that start together must not mix one's certificate with the other's key.
        using FileStream held = DirectoryLock.Take(Path.Combine(directory, "devhost.lock"), time);
        X509Certificate2? certificate = TryLoad(certificatePath, keyPath, time);
        if (certificate is null)
        {
            Create(certificatePath, keyPath, time);
            certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }

        return new SelfMadeCertificate(certificatePath, keyPath, certificate);
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    private static X509Certificate2? TryLoad(string certificatePath, string keyPath, TimeProvider time)
    {
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
        {
            return null;
        }

        try
        {
            X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            DateTime now = time.GetUtcNow().LocalDateTime;
            if (now > certificate.NotBefore && now < certificate.NotAfter - RenewBefore)
            {
                return certificate;
            }

            certificate.Dispose();
        }
        catch (CryptographicException)
        {
            // Damaged, or the key is another's: made anew.
        }

        return null;
    }

    private static void Create(string certificatePath, string keyPath, TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Realtime devhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        var identifier = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(identifier);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));

        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
        WriteOwnerOnly(keyPath, key.ExportPkcs8PrivateKeyPem());
        WriteOwnerOnly(certificatePath, certificate.ExportCertificatePem());
    }

    private static void WriteOwnerOnly(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        string unfinished = path + ".tmp";
        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.WriteLine(text);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
