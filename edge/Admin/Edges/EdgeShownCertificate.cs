using Realtime.Edge.Tls;

namespace Realtime.Edge.Admin.Edges;

/// <summary>The certificate that an edge shows.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="NotAfter">Its end, ms since 1970.</param>
/// <param name="Source">From files, or made for development.</param>
internal readonly record struct EdgeShownCertificate(string Subject, long NotAfter, CertificateSource Source)
{
    public static EdgeShownCertificate Of(EdgeCertificate certificate) => new(
        certificate.Current.Subject, certificate.Current.NotAfter.ToUnixTimeMilliseconds(), certificate.Source);
}
