using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Edge.Tls;

/// <summary>Where the edge listens: known once it has started, also where port 0 was asked for.</summary>
public sealed partial class EdgeListeners
{
    private ListenOptions? _public;
    private ListenOptions? _admin;
    private ListenOptions? _redirect;

    /// <summary>Base address for clients.</summary>
    /// <exception cref="InvalidOperationException">The edge has not started.</exception>
    public Uri PublicAddress => AddressOf(_public);

    /// <summary>Base address for operators.</summary>
    /// <exception cref="InvalidOperationException">The edge has not started.</exception>
    public Uri AdminAddress => AddressOf(_admin);

    /// <summary>Base address of the listener without TLS; null if there is none.</summary>
    /// <exception cref="InvalidOperationException">The edge has not started.</exception>
    public Uri? RedirectAddress => _redirect is null ? null : AddressOf(_redirect, "http");

    internal void Add(Listener listener, ListenOptions options) => _ = listener switch
    {
        Listener.Admin => _admin = options,
        Listener.Redirect => _redirect = options,
        _ => _public = options,
    };

    /// <summary>Logs where the edge listens, by the addresses that were bound.</summary>
    internal void Report(ILogger<EdgeListeners> logger)
    {
        Log.Listening(logger, $"https://{_public?.IPEndPoint}", $"https://{_admin?.IPEndPoint}");
        if (_redirect is not null)
        {
            Log.Redirecting(logger, $"http://{_redirect.IPEndPoint}");
        }
    }

    private static Uri AddressOf(ListenOptions? options, string scheme = "https")
    {
        // Kestrel replaces the end point by the bound one.
        if (options?.IPEndPoint is not { Port: > 0 } bound)
        {
            throw new InvalidOperationException("The edge does not listen yet; start it first.");
        }

        bool isAny = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(scheme, isAny ? "localhost" : bound.Address.ToString(), bound.Port).Uri;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The edge listens on {Public} for clients, {Admin} for operators")]
        public static partial void Listening(ILogger logger, string @public, string admin);

        [LoggerMessage(2, LogLevel.Information, "What comes to {Address} without TLS is sent to the clients' address")]
        public static partial void Redirecting(ILogger logger, string address);
    }
}
