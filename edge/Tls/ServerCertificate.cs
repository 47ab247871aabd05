using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Edge.Tls;

/// <summary>A certificate with its key and intermediates, as read from files.</summary>
internal sealed record ServerCertificate(SslStreamCertificateContext Context)
{
    private X509Certificate2 Certificate => Context.TargetCertificate;

    /// <summary>Its end.</summary>
    public DateTimeOffset NotAfter => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>Whose it is.</summary>
    public string Subject => Certificate.Subject;

    /// <summary>Reads it.</summary>
    /// <exception cref="CryptographicException">The files hold no certificate with its key.</exception>
    public static ServerCertificate Read(string certificateFile, string keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        // Offline: an edge does not wait for other people's servers to complete its chain.
        return new(SslStreamCertificateContext.Create(certificate, chain, offline: true));
    }
}
