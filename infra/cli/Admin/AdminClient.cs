using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Realtime.Cli.Admin;

/// <summary>Asks an edge what operators may ask.</summary>
internal sealed class AdminClient : IDisposable
{
    // An edge waits 2 s for its workers, unless it is configured otherwise.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly Uri _address;

    public AdminClient(AdminSettings settings)
    {
        _address = settings.Address;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (settings.TrustedCertificate is { } trusted)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.Add(trusted);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        _client = new HttpClient(handler) { BaseAddress = settings.Address, Timeout = AnswerTimeout };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
    }

    /// <summary>Asks; the answer's JSON.</summary>
    /// <exception cref="CliException">It was refused, or there is no answer.</exception>
    public async Task<JsonElement> AskAsync(HttpMethod method, string target, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, target);
            using HttpResponseMessage answer = await _client.SendAsync(request, cancellationToken);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return answer.IsSuccessStatusCode
                ? JsonElement.Parse(body)
                : throw Refusal(answer.StatusCode, body, target);
        }
        catch (HttpRequestException failure)
        {
            (string what, string hint) = failure.InnerException is AuthenticationException refused
                ? (refused.Message, "If the certificate is self-made, trust it by --ca FILE (or REALTIME_CA).")
                : (failure.Message, "Look whether the edge runs, and at --admin (or REALTIME_ADMIN).");
            string stop = what.EndsWith('.') ? string.Empty : ".";
            throw new CliException($"{Where}: {what}{stop} {hint}", ExitCodes.Unreachable);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(
                $"{Where}: no answer within {AnswerTimeout.TotalSeconds} s.", ExitCodes.Unreachable);
        }
        catch (JsonException)
        {
            throw new CliException(
                $"{Where}: what answers there is no edge. Look at --admin (or REALTIME_ADMIN).", ExitCodes.Failed);
        }
    }

    public void Dispose() => _client.Dispose();

    private string Where => _address.GetLeftPart(UriPartial.Authority);

    private CliException Refusal(HttpStatusCode status, byte[] body, string target)
    {
        JsonElement problem = JsonElement.Parse(body);
        string detail = problem.ValueKind == JsonValueKind.Object
            && problem.TryGetProperty("detail", out JsonElement told) && told.ValueKind == JsonValueKind.String
                ? told.GetString()!
                : $"It answered {(int)status}.";
        // An edge has all of these paths, but not at the address of its clients.
        bool isOfWorker = target.StartsWith("/admin/workers/", StringComparison.Ordinal);
        string hint = status switch
        {
            HttpStatusCode.NotFound when !isOfWorker =>
                " Look at --admin (or REALTIME_ADMIN): it must be the edge's admin_listen.",
            HttpStatusCode.Unauthorized => " Give it by --admin-token-file (or REALTIME_ADMIN_TOKEN).",
            _ => string.Empty,
        };
        return new CliException($"{Where}: {detail}{hint}", status switch
        {
            HttpStatusCode.BadRequest => ExitCodes.Usage,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.Refused,
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                => ExitCodes.Unreachable,
            _ => ExitCodes.Failed,
        });
    }
}
