using System.Buffers;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>
/// What a worker is asked for a tunnel, over HTTP/1.1 whatever the client speaks. A closed set of headers: nothing else
/// of a client's head gets through, and no character that could end a line or a target.
/// </summary>
internal static class UpgradeRequest
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="request">What the client asked for.</param>
    /// <param name="host">How the worker is called: its address, without what the scheme says.</param>
    /// <param name="key">The handshake's key; none is left out, for the worker to refuse.</param>
    /// <param name="stamp">Whose it is, signed.</param>
    /// <code>
    ///   GET /ws/agents?agents=a1 HTTP/1.1
    ///   Host: 10.0.0.7:8080
    ///   Connection: Upgrade
    ///   Upgrade: websocket
    ///   Sec-WebSocket-Version: 13           as the client has it; over HTTP/1.1 its key too
    ///   Sec-WebSocket-Key: ...
    ///   Sec-WebSocket-Protocol: ...
    ///   X-Forwarded-For, -Host, -Proto      as the edge knows them
    ///   Realtime-Identity: v1...
    /// </code>
    public static void Write(
        IBufferWriter<byte> output, HttpRequest request, string host, StringValues key, string stamp)
    {
        output.Write("GET "u8);
        WriteTarget(output, request.GetEncodedPathAndQuery());
        output.Write(" HTTP/1.1\r\n"u8);
        WriteHeader(output, HeaderNames.Host, host);
        WriteHeader(output, HeaderNames.Connection, "Upgrade");
        WriteHeader(output, HeaderNames.Upgrade, "websocket");
        WriteHeaders(output, HeaderNames.SecWebSocketVersion, request.Headers.SecWebSocketVersion);
        WriteHeaders(output, HeaderNames.SecWebSocketKey, key);
        WriteHeaders(output, HeaderNames.SecWebSocketProtocol, request.Headers.SecWebSocketProtocol);
        WriteHeader(output, "X-Forwarded-For", request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "");
        WriteHeader(output, "X-Forwarded-Host", request.Host.ToUriComponent());
        WriteHeader(output, "X-Forwarded-Proto", request.Scheme);
        WriteHeader(output, IdentityStamp.Header, stamp);
        output.Write("\r\n"u8);
    }

    private static void WriteHeaders(IBufferWriter<byte> output, string name, StringValues values)
    {
        // Several stay several: that they must be one is the worker's to say.
        foreach (string? value in values)
        {
            WriteHeader(output, name, value ?? "");
        }
    }

    private static void WriteHeader(IBufferWriter<byte> output, string name, string value)
    {
        WriteText(output, name);
        output.Write(": "u8);
        WriteText(output, value);
        output.Write("\r\n"u8);
    }

    // What no value may have is made a character that none of them has, so that the worker sees that it is wrong.
    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        Span<byte> bytes = output.GetSpan(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bytes[i] = text[i] is >= ' ' and <= '~' ? (byte)text[i] : (byte)'?';
        }

        output.Advance(text.Length);
    }

    // The framework escapes paths; of queries it passes on what came.
    private static void WriteTarget(IBufferWriter<byte> output, string target)
    {
        Span<byte> bytes = output.GetSpan(target.Length * 3);
        int length = 0;
        foreach (char one in target)
        {
            if (one is > ' ' and <= '~')
            {
                bytes[length++] = (byte)one;
                continue;
            }

            bytes[length++] = (byte)'%';
            // Above Latin-1 there is nothing: targets are read byte by byte.
            bytes[length++] = (byte)"0123456789ABCDEF"[(one >> 4) & 0xf];
            bytes[length++] = (byte)"0123456789ABCDEF"[one & 0xf];
        }

        output.Advance(length);
    }
}
