using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using Realtime.Edge.Door;
using Realtime.Hosting.Sockets;

namespace Realtime.Edge.Tls;

/// <summary>Gives Kestrel its listeners, and the limits for what is not yet known to be a friend.</summary>
internal sealed class ListenerSetup(
    EdgeOptions edge, ListenerOptions options, TlsOptions tls, EdgeCertificate certificate,
    ClientAuthorities authorities, DoorKeeper door, EdgeListeners listeners)
    : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>As much as is copied at a time.</summary>
    private const int RequestBufferBytes = 64 * 1024;

    private static readonly List<SslApplicationProtocol> Protocols =
        [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.ConnectionsMax;
        // Upgraded connections leave the count above.
        limits.MaxConcurrentUpgradedConnections = options.ConnectionsMax;
        limits.MaxRequestHeadersTotalSize = options.RequestHeadBytesMax;
        limits.MaxRequestLineSize = options.RequestHeadBytesMax;
        // Kestrel wants the buffer to hold at least a request line. Not its default of 1 MiB: strangers could have the
        // edge hold that much for each connection, beside a worker that takes nothing.
        limits.MaxRequestBufferSize = Math.Max(RequestBufferBytes, options.RequestHeadBytesMax);
        limits.MaxRequestHeaderCount = options.RequestHeadersMax;
        limits.RequestHeadersTimeout = options.RequestHeadTimeout;
        limits.MaxRequestBodySize = options.RequestBodyBytesMax;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.MaxResponseBufferSize = options.UnsentBytesMax;
        // How slow a viewer may be is the worker's decision (it evicts after three stalls without progress); a rate
        // here would cut slow links that move.
        limits.MinResponseDataRate = null;
        limits.Http2.MaxStreamsPerConnection = options.Http2StreamsMax;
        limits.Http2.MaxRequestHeaderFieldSize = options.RequestHeadBytesMax;
        // HTTP/2 connections have no other sign of a peer that is gone while their streams are quiet.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);

        Listen(kestrel, Listener.Public, edge.Listen);
        Listen(kestrel, Listener.Admin, edge.AdminListen);
        if (edge.HttpListen is { } plain)
        {
            Listen(kestrel, Listener.Redirect, plain, ListenAddress.Http);
        }
    }

    private void Listen(
        KestrelServerOptions kestrel, Listener listener, string address, string scheme = ListenAddress.Https)
    {
        if (!ListenAddress.TryParse(address, out IPEndPoint endPoint, scheme))
        {
            throw new InvalidOperationException($"'{address}' {ListenAddress.Rule(scheme)}.");
        }

        var mark = new ListenerFeature(listener);
        bool isTls = scheme == ListenAddress.Https;
        kestrel.Listen(endPoint, listen =>
        {
            listeners.Add(listener, listen);
            listen.Protocols = isTls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            listen.UseUnsentLimit(options.UnsentBytesMax);
            listen.UseKeepAlive();
            listen.Use(next => connection =>
            {
                connection.Features.Set(mark);
                return next(connection);
            });
            if (listener != Listener.Admin)
            {
                door.Guard(listen, isTls);
            }

            if (isTls)
            {
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = tls.HandshakeTimeout,
                    OnConnection = _ => ValueTask.FromResult(Handshake(listener)),
                });
                DoorKeeper.Open(listen);
                if (tls.ReleaseBuffers)
                {
                    listen.UseReleasedTlsBuffers();
                }

                listen.UseTakenConnections();
            }
        });
    }

    // Made for each: certificates may have been replaced since the last one.
    private SslServerAuthenticationOptions Handshake(Listener listener)
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = Protocols,
        };
        if (listener == Listener.Public)
        {
            authorities.Ask(handshake);
        }

        return handshake;
    }
}
