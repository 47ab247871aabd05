namespace Realtime.Edge.Tls;

/// <summary>Where the certificate comes from.</summary>
internal enum CertificateSource
{
    /// <summary>From configured files.</summary>
    File,

    /// <summary>Made by the edge itself, for development.</summary>
    Development,
}
