using System.Net.Http.Headers;

namespace Realtime.Loadtests.Targets;

/// <summary>Plain HTTP to a system under load.</summary>
internal static class TargetHttp
{
    /// <summary>A client with one keep-alive connection of its own.</summary>
    public static HttpClient Create(Target target, Uri edge, string token, TimeSpan timeout)
    {
        HttpMessageHandler handler = new SocketsHttpHandler
        {
            SslOptions = target.CreateTlsOptions(),
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            UseCookies = false,
        };
        if (target.Stamps is { } stamps)
        {
            return new HttpClient(new StampedRequests(stamps, handler)) { BaseAddress = edge, Timeout = timeout };
        }

        var client = new HttpClient(handler) { BaseAddress = edge, Timeout = timeout };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
