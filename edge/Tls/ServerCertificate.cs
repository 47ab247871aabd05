using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Edge.Tls;

/// <summary>A certificate with its key and intermediates.</summary>
internal sealed record ServerCertificate(SslStreamCertificateContext Context)
{
    private X509Certificate2 Certificate => Context.TargetCertificate;

    /// <summary>Its end.</summary>
    public DateTimeOffset NotAfter => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>Whose it is.</summary>
    public string Subject => Certificate.Subject;

    /// <summary>Reads it from PEM.</summary>
    /// <exception cref="CryptographicException">The texts hold no certificate with its key.</exception>
    /// <exception cref="ArgumentException">The key is not the certificate's.</exception>
    public static ServerCertificate Read(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> keyPem)
    {
        var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        // Offline: an edge does not wait for other people's servers to complete its chain.
        return new(SslStreamCertificateContext.Create(certificate, chain, offline: true));
    }
}
