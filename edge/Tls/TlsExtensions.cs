using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Tls;

/// <summary>The first stage: bytes become requests.</summary>
internal static class TlsExtensions
{
    public static IServiceCollection AddTls(this IServiceCollection services)
    {
        services.AddRealtimeOptions<TlsOptions>();
        services.AddRealtimeOptions<ListenerOptions>();
        services.TryAddSingleton<EdgeCertificate>();
        services.TryAddSingleton<EdgeListeners>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, ListenerSetup>());
        services.AddOptions<SocketTransportOptions>()
            .Configure<ListenerOptions>((sockets, options) => sockets.Backlog = options.Backlog);
        return services;
    }
}
