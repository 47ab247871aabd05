using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Sockets;

namespace Realtime.Workers.Connections;

/// <summary>
/// The opening handshake of a WebSocket (RFC 6455, section 4.2; over HTTP/2: RFC 8441), after which the transport's
/// pipes are ours.
/// </summary>
internal static class WebSocketHandshake
{
    /// <summary>With which a WebSocket may be asked for; over HTTP/2 it is a CONNECT (RFC 8441).</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Connect];

    private const string KeyGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>What is wrong with the request as an upgrade; null if it is one that can be accepted.</summary>
    public static string? Check(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        bool isExtendedConnect = context.Features.Get<IHttpExtendedConnectFeature>() is
        {
            IsExtendedConnect: true,
            Protocol: "websocket",
        };
        if (!isExtendedConnect)
        {
            if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
                || !string.Equals(headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase))
            {
                return "This address is for WebSockets: send an upgrade request (RFC 6455).";
            }

            if (!IsKey(headers.SecWebSocketKey))
            {
                return "Sec-WebSocket-Key must be given once: 16 bytes in base64.";
            }
        }

        if (headers.SecWebSocketVersion != "13")
        {
            return "Sec-WebSocket-Version must be 13.";
        }

        return SubprotocolOf(context) is null
            ? $"Sec-WebSocket-Protocol must offer {Subprotocol.Json.Name} "
                + $"or {Subprotocol.MessagePack.Name}, or nothing."
            : null;
    }

    /// <summary>Which form of the protocol the client wants; null if it offers none that is ours.</summary>
    public static Subprotocol? SubprotocolOf(HttpContext context) => Subprotocol.Choose(Offers(context));

    /// <summary>
    /// Accepts a request that <see cref="Check"/> found right. Over HTTP/1.1 the transport is the connection's own,
    /// which is to be used behind the request.
    /// </summary>
    public static async Task<AcceptedSocket> AcceptAsync(HttpContext context, Subprotocol subprotocol)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (Offers(context).Length > 0)
        {
            headers.SecWebSocketProtocol = subprotocol.Name;
        }

        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return Within(context, await connect.AcceptAsync());
        }

        headers.SecWebSocketAccept = AcceptValue(context.Request.Headers.SecWebSocketKey.ToString());
        headers.Upgrade = "websocket";
        Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return TakenConnection.Of(context) is { } connection
            ? new AcceptedSocket(connection.Transport, connection.Abort, connection.Closed)
            : Within(context, stream);
    }

    // Zero-byte reads, so that a quiet socket holds no buffer. Kestrel's own output pipe is out of reach: for requests
    // that can be upgraded, Response.BodyWriter throws on every write.
    private static AcceptedSocket Within(HttpContext context, Stream stream) => new(
        new Transport(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true))),
        context.Abort, context.RequestAborted);

    private static string[] Offers(HttpContext context) =>
        context.Request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol");

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private static bool IsKey(string? text)
    {
        Span<byte> key = stackalloc byte[18];
        return text is { Length: 24 } && Convert.TryFromBase64String(text, key, out int length) && length == 16;
    }

    // SHA-1 is what the protocol says; it proves that this is a WebSocket server, nothing more.
#pragma warning disable CA5350
    private static string AcceptValue(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeyGuid)));
#pragma warning restore CA5350
}
