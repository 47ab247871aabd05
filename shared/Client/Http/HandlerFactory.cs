using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Client.Http;

/// <summary>Makes the handler that carries everything.</summary>
internal static class HandlerFactory
{
    public static HttpMessageHandler Create(RealtimeClientOptions options)
    {
        if (options.CreateHandler is { } create)
        {
            return create();
        }

        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.TrustedCertificate is { } trusted)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(trusted.RawData));
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (options.ClientCertificate is { } shown)
        {
            // Shown to whoever asks for one; as a list it would be held back where the edge names other authorities.
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(
                shown, additionalCertificates: null, offline: true);
        }

        return handler;
    }
}
