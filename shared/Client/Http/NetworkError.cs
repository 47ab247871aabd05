using System.Security.Authentication;

namespace Realtime.Client.Http;

/// <summary>Why the edge could not be asked, in words that say what to do about it.</summary>
internal static class NetworkError
{
    /// <summary>The error for what a handler or a socket threw.</summary>
    public static RealtimeException Of(Exception failure)
    {
        Exception innermost = failure;
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            // The same type stands for a TLS handshake that failed for another reason.
            if (inner is AuthenticationException && inner.Message.Contains("certificate", StringComparison.Ordinal))
            {
                return new RealtimeException(
                    $"The server's certificate is not trusted: {inner.Message.TrimEnd('.')}. If it is self-made, or of "
                    + $"an authority of your own, give it as {nameof(RealtimeClientOptions.TrustedCertificate)}.",
                    failure);
            }

            innermost = inner;
        }

        return new RealtimeException(innermost.Message, failure);
    }
}
