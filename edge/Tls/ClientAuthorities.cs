using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Tls;

/// <summary>Whose client certificates are accepted, if any are.</summary>
internal sealed class ClientAuthorities
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection? _current;

    public ClientAuthorities(TlsOptions options)
    {
        if (options.ClientCertificates != ClientCertificateMode.Off && options.ClientCaFile is { } file)
        {
            try
            {
                _current = Read(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new ConfigurationErrorException(
                [
                    new($"{TlsOptions.Section}:client_ca_file", file, $"cannot be used ({error.Message})",
                        "name a readable PEM file of the authorities' certificates"),
                ]);
            }
        }
    }

    /// <summary>Has a handshake ask the client for its certificate. One that shows none may come in.</summary>
    public void Ask(SslServerAuthenticationOptions handshake)
    {
        if (_current is null)
        {
            return;
        }

        handshake.ClientCertificateRequired = true;
        // A resumed session would bring back a certificate of an authority that is dropped by now.
        handshake.AllowTlsResume = false;
        handshake.RemoteCertificateValidationCallback = (_, shown, chain, _) => shown is null || IsTrusted(shown, chain);
    }

    private static X509Certificate2Collection Read(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0
            ? authorities
            : throw new CryptographicException("It holds no certificate.");
    }

    private bool IsTrusted(X509Certificate shown, X509Chain? sent)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                // No fetching while a stranger waits; whom not to trust any more is the authority's to replace.
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                ApplicationPolicy = { ClientAuthentication },
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(_current!);
        foreach (X509ChainElement element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(shown as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(shown.GetRawCertData()));
    }
}
