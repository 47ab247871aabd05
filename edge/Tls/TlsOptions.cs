using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Tls;

/// <summary>The certificate that both listeners show.</summary>
internal sealed record TlsOptions : IValidatableObject
{
    public const string Section = "connection_plane:edge:tls";

    /// <summary>PEM file of the certificate, followed by the intermediates if there are any.</summary>
    [ConfigurationKeyName("certificate_file")]
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its private key.</summary>
    [ConfigurationKeyName("key_file")]
    public string? KeyFile { get; init; }

    /// <summary>
    /// Whether to make a self-signed certificate for this machine, where none is configured (default false). For
    /// development: nobody but this machine trusts it, and a warning says so at every start.
    /// </summary>
    [ConfigurationKeyName("development_certificate")]
    public bool DevelopmentCertificate { get; init; }

    /// <summary>
    /// Where the development certificate is kept, so that clients need to trust it once (default
    /// <c>realtime/edge.pem</c> in the user's data directory); its key lies beside it, ending in <c>.key</c>.
    /// </summary>
    [ConfigurationKeyName("development_certificate_file")]
    public string? DevelopmentCertificateFile { get; init; }

    /// <summary>How long a TLS handshake may take (1 s to 1 min; default 10 s).</summary>
    [ConfigurationKeyName("handshake_timeout"), DurationRange("1s", "1m")]
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether OpenSSL gives back the buffers of a connection whenever they are empty (default true; Linux with OpenSSL
    /// 3 only): 34 KiB less for each that is quiet.
    /// </summary>
    [ConfigurationKeyName("release_buffers")]
    public bool ReleaseBuffers { get; init; } = true;

    /// <summary>
    /// PEM file of the authorities whose client certificates are accepted; where it is set, set client_certificates
    /// too.
    /// </summary>
    [ConfigurationKeyName("client_ca_file")]
    public string? ClientCaFile { get; init; }

    /// <summary>
    /// Whether clients of the public listener may show a certificate: <c>off</c> (default), <c>accepted</c>, or
    /// <c>required_for_producers</c>, who are then refused without one.
    /// </summary>
    [ConfigurationKeyName("client_certificates")]
    public ClientCertificateMode ClientCertificates { get; init; }

    /// <summary>
    /// How long browsers are told to come by TLS only (HSTS; 0 s to 730 d; default 365 d; 0 s tells them nothing). Not
    /// said with a development certificate.
    /// </summary>
    [ConfigurationKeyName("hsts"), DurationRange("0s", "17520h")]
    public TimeSpan Hsts { get; init; } = TimeSpan.FromDays(365);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CertificateFile is null && KeyFile is null && !DevelopmentCertificate)
        {
            yield return new(
                "is required; set it and key_file to PEM files, or for development set development_certificate: true",
                [nameof(CertificateFile)]);
        }

        if (CertificateFile is null && KeyFile is not null)
        {
            yield return new("is required where key_file is set; set both", [nameof(CertificateFile)]);
        }

        if (CertificateFile is not null && KeyFile is null)
        {
            yield return new("is required where certificate_file is set; set both", [nameof(KeyFile)]);
        }

        if (CertificateFile is not null && DevelopmentCertificate)
        {
            yield return new("must be false where certificate_file is set; drop one", [nameof(DevelopmentCertificate)]);
        }

        if (ClientCaFile is null && ClientCertificates != ClientCertificateMode.Off)
        {
            yield return new(
                "is required where client_certificates is not off; name the file of the authorities",
                [nameof(ClientCaFile)]);
        }

        if (ClientCaFile is not null && ClientCertificates == ClientCertificateMode.Off)
        {
            yield return new(
                "must be accepted or required_for_producers where client_ca_file is set; set it, or drop the file",
                [nameof(ClientCertificates)]);
        }
    }
}
