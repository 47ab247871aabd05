using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;

namespace Realtime.Edge.Tls;

/// <summary>Whose client certificates are accepted, if any are.</summary>
internal sealed class ClientAuthorities
{
    private const string Key = $"{TlsOptions.Section}:client_ca_file";

    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly WatchedFile<X509Certificate2Collection>? _authorities;

    public ClientAuthorities(TlsOptions options, WatchedFiles files)
    {
        if (options.ClientCertificates != ClientCertificateMode.Off && options.ClientCaFile is { } file)
        {
            try
            {
                _authorities = files.Watch(Key, [file], Read);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException
                or BadFileException)
            {
                throw new ConfigurationErrorException(
                [
                    new(Key, file, $"cannot be used ({error.Message})",
                        "name a readable PEM file of the authorities' certificates"),
                ]);
            }
        }
    }

    /// <summary>Has a handshake ask the client for its certificate. One that shows none may come in.</summary>
    public void Ask(SslServerAuthenticationOptions handshake)
    {
        if (_authorities?.Current is not { } authorities)
        {
            return;
        }

        handshake.ClientCertificateRequired = true;
        // A resumed session would bring back a certificate of an authority that is dropped by now.
        handshake.AllowTlsResume = false;
        handshake.RemoteCertificateValidationCallback = (_, shown, chain, _) =>
            shown is null || IsTrusted(shown, chain, authorities);
    }

    private static X509Certificate2Collection Read(ImmutableArray<byte[]> contents)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Encoding.UTF8.GetString(contents[0]));
        return authorities.Count > 0 ? authorities : throw new BadFileException("it holds no certificate");
    }

    private static bool IsTrusted(X509Certificate shown, X509Chain? sent, X509Certificate2Collection authorities)
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
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        foreach (X509ChainElement element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(shown as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(shown.GetRawCertData()));
    }
}
