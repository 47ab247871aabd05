using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Tests.Support;

/// <summary>An authority of its own that makes certificates for servers, as files in a directory.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));
        Directory = System.IO.Directory.CreateTempSubdirectory("realtime-ca-").FullName;
        CaFile = Path.Combine(Directory, "ca.pem");
        File.WriteAllText(CaFile, _certificate.ExportCertificatePem());
    }

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>The authority's own certificate.</summary>
    public string CaFile { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A certificate for names and addresses, and its key, as files.</summary>
    public (string Certificate, string Key) Issue(string file, string name, IPAddress? address = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (address is not null)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            _certificate, Now.AddHours(-1), Now.AddDays(10), RandomNumberGenerator.GetBytes(8));
        string certificateFile = Path.Combine(Directory, $"{file}.pem");
        string keyFile = Path.Combine(Directory, $"{file}.key");
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
