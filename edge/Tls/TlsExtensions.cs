using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;

namespace Realtime.Edge.Tls;

/// <summary>The first stage: bytes become requests.</summary>
internal static class TlsExtensions
{
    public static IServiceCollection AddTls(this IServiceCollection services)
    {
        services.AddRealtimeOptions<TlsOptions>();
        services.AddRealtimeOptions<ListenerOptions>();
        services.AddWatchedFiles();
        services.TryAddSingleton<EdgeCertificate>();
        services.TryAddSingleton<ClientAuthorities>();
        services.TryAddSingleton<EdgeListeners>();
        services.TryAddSingleton<Redirecting>();
        services.AddHostedService<CertificateExpiry>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, ListenerSetup>());
        services.AddOptions<SocketTransportOptions>()
            .Configure<ListenerOptions>((sockets, options) =>
            {
                sockets.Backlog = options.Backlog;
                // What is written goes to the kernel from where it is written. Nothing here waits or computes for long
                // while a socket is read or written, which is all that the way through the pool would spare others.
                sockets.UnsafePreferInlineScheduling = true;
            });
        return services;
    }

    /// <summary>Branches off what came in without TLS: it is sent away, and nothing else.</summary>
    public static void UseRedirect(this IApplicationBuilder app)
    {
        Redirecting redirecting = app.ApplicationServices.GetRequiredService<Redirecting>();
        app.MapWhen(ListenerFeature.IsRedirect, plain => plain.Run(redirecting.AnswerAsync));
    }

    /// <summary>Puts on public answers what browsers are to hold to.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) =>
        app.UseMiddleware<SecurityHeaders>();

    /// <summary>Asks producers for their certificate, if one is required.</summary>
    public static IApplicationBuilder UseClientCertificates(this IApplicationBuilder app) =>
        app.UseMiddleware<ProducerCertificates>();
}
