using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Realtime.Hosting.Sockets;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>The client's end of a tunnel: an upgraded connection, or a stream of an HTTP/2 one.</summary>
/// <param name="Input">Where its bytes are read.</param>
/// <param name="Output">Where bytes for it are written.</param>
/// <param name="Connection">What the tunnel goes on with when the request is over; null if it is a part of that.
/// Bytes that came right behind the request wait in it.</param>
internal sealed record ClientSide(Stream Input, Stream Output, TakenConnection? Connection)
{
    // RFC 6455, 1.3.
    private static readonly byte[] AcceptSuffix = Encoding.ASCII.GetBytes("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");

    /// <summary>
    /// The key of the handshake: the client's own, as it stands; over HTTP/2, which has none, one of ours.
    /// </summary>
    public static StringValues KeyOf(HttpContext context) => IsExtendedConnect(context, out _)
        ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))
        : context.Request.Headers.SecWebSocketKey;

    /// <summary>Whether an answer opens a tunnel for who asked with this key, and promises nothing else.</summary>
    public static bool IsOpenedBy(AnswerHead answer, StringValues key) =>
        answer.Single(HeaderNames.Upgrade)?.Equals("websocket", StringComparison.OrdinalIgnoreCase) == true
        && answer.Single(HeaderNames.Connection) is { } connection
        && connection.Split(',', StringSplitOptions.TrimEntries).Contains("Upgrade", StringComparer.OrdinalIgnoreCase)
        && answer.Single(HeaderNames.SecWebSocketAccept) is { } accept && accept == AcceptOf(key.ToString())
        // None was asked for.
        && !answer.Has(HeaderNames.SecWebSocketExtensions)
        && (!answer.Has(HeaderNames.SecWebSocketProtocol)
            || answer.Single(HeaderNames.SecWebSocketProtocol) is { Length: > 0 });

    /// <summary>Says to the client that the tunnel is open.</summary>
    public static async Task<ClientSide> OpenAsync(HttpContext context, AnswerHead answer)
    {
        Unbound(context);
        IHeaderDictionary headers = context.Response.Headers;
        headers.SecWebSocketProtocol = answer.Single(HeaderNames.SecWebSocketProtocol);
        if (IsExtendedConnect(context, out IHttpExtendedConnectFeature? connect))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            Stream both = await connect.AcceptAsync();
            return new(both, both, Connection: null);
        }

        headers.SecWebSocketAccept = answer.Single(HeaderNames.SecWebSocketAccept);
        headers.Upgrade = "websocket";
        Stream upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        // TLS itself, past the server's own layers, which are through with the head: one copy and one lock less for
        // each write, and nothing of them that a quiet tunnel would keep.
        return context.Features.Get<ISslStreamFeature>() is { SslStream: { } tls }
            && TakenConnection.Of(context) is { } connection
            ? new(tls, tls, connection)
            : new(upgraded, upgraded, Connection: null);
    }

    // A tunnel has no body that could be too long or too slow.
    private static void Unbound(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static bool IsExtendedConnect(
        HttpContext context, [NotNullWhen(true)] out IHttpExtendedConnectFeature? connect)
    {
        connect = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } extended
            ? extended
            : null;
        return connect is not null;
    }

    // SHA-1 is what the protocol says; it proves that a WebSocket server answered this request, nothing more.
#pragma warning disable CA5350
    private static string AcceptOf(string key) =>
        Convert.ToBase64String(SHA1.HashData([.. Encoding.ASCII.GetBytes(key), .. AcceptSuffix]));
#pragma warning restore CA5350
}
