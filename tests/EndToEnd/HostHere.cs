using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Devhost;

namespace Realtime.Tests.EndToEnd;

/// <summary>An edge or worker within the process of the tests: its signals and its end are the tests' own.</summary>
internal static class HostHere
{
    /// <summary>Before it is built.</summary>
    public static void Adopt(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.AddFilter("Realtime.Edge.Tls.EdgeCertificate", LogLevel.Error);
    }

    /// <summary>All that it answers, as <c>METHOD pattern</c>; <c>*</c> for all methods.</summary>
    public static string[] EndpointsOf(WebApplication host) =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(one =>
        {
            string[] methods = [.. one.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []];
            return $"{(methods.Length == 0 ? "*" : string.Join(',', methods))} {one.RoutePattern.RawText}";
        }),
    ];

    /// <summary>Ends it, orderly or not.</summary>
    public static async Task StopAsync(WebApplication part, bool abruptly)
    {
        try
        {
            await part.StopAsync(new CancellationToken(canceled: abruptly));
        }
        catch (OperationCanceledException)
        {
            // Connections that would not end were aborted.
        }

        await part.DisposeAsync();
    }
}
