using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>Asks an identity provider for its keys. Follows no redirects: only the named server is asked.</summary>
internal sealed class JwksClient : IDisposable
{
    private const int HeadersKilobytesMax = 16;

    private readonly AuthOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    /// <summary>Reads the CA, if one is named.</summary>
    public JwksClient(AuthOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = HeadersKilobytesMax,
            MaxResponseDrainSize = 0,

            // It is asked every few minutes: a new connection finds the server where DNS says that it is by then.
            PooledConnectionLifetime = TimeSpan.FromSeconds(1),
        };
        if (options.JwksCaFile is { } caFile)
        {
            handler.SslOptions.CertificateChainPolicy = PolicyOf(caFile);
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks once, for as long as the options allow. Throws only if it is cancelled from outside.</summary>
    public async Task<JwksFetch> FetchAsync(CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.JwksTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            return await FetchWholeAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new JwksFetch(JwksOutcome.TimedOut);
        }
        catch (HttpRequestException error)
        {
            return new JwksFetch(error.HttpRequestError == HttpRequestError.SecureConnectionError
                ? JwksOutcome.Untrusted
                : JwksOutcome.Unreachable);
        }
        catch (IOException)
        {
            return new JwksFetch(JwksOutcome.Unreachable); // It broke off in the middle.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>The certificates of a file as the only ones to be trusted.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no PEM file.</exception>
    internal static X509ChainPolicy PolicyOf(string caFile)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }

    private async Task<JwksFetch> FetchWholeAsync(CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _options.JwksUrl);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using HttpResponseMessage answer =
            await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return new JwksFetch(JwksOutcome.Refused);
        }

        await using Stream body = await answer.Content.ReadAsStreamAsync(stopping);
        byte[] buffer = new byte[JwksDocument.BytesMax + 1];
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stopping);
        if (length > JwksDocument.BytesMax)
        {
            return new JwksFetch(JwksOutcome.TooLarge);
        }

        return JwksDocument.TryRead(buffer.AsMemory(0, length)) is { } keys
            ? new JwksFetch(JwksOutcome.Fetched, keys)
            : new JwksFetch(JwksOutcome.Malformed);
    }
}
