using System.Security.Cryptography.X509Certificates;

namespace Realtime.Devhost.Certificates;

/// <summary>Http handlers that trust one certificate and nothing else, host names checked as usual.</summary>
internal static class TrustingHandler
{
    /// <summary>Makes a handler; its owner disposes it.</summary>
    public static SocketsHttpHandler Create(X509Certificate2 trusted)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(trusted.RawData));

        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }
}
