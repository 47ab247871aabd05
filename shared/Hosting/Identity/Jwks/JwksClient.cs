using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>Asks an identity provider for its keys. Follows no redirects: only the named server is asked.</summary>
internal sealed class JwksClient : IDisposable
{
    private const int HeadersKilobytesMax = 16;

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly AuthOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private volatile X509Certificate2Collection _authorities = [];

    /// <summary>Reads the CA, if one is named; and again for each request, which has a connection of its own.</summary>
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
            _authorities = AuthoritiesOf(caFile);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, sent, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && shown is X509Certificate2 certificate
                && IsTrusted(certificate, sent, caFile);
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

    /// <summary>The certificates of a file, to be the only ones that are trusted.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no PEM file.</exception>
    internal static X509Certificate2Collection AuthoritiesOf(string caFile)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile);
        return authorities;
    }

    private bool IsTrusted(X509Certificate2 shown, X509Chain? sent, string caFile)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                ApplicationPolicy = { ServerAuthentication },
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities(caFile));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(shown);
    }

    // The last good ones, if the file is being replaced, or holds none.
    private X509Certificate2Collection Authorities(string caFile)
    {
        try
        {
            if (AuthoritiesOf(caFile) is { Count: > 0 } read)
            {
                _authorities = read;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // What was read before holds.
        }

        return _authorities;
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
