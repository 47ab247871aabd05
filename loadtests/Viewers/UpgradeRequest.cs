using System.Security.Cryptography;
using System.Text;
using Realtime.Hosting.Identity;

namespace Realtime.Loadtests.Viewers;

/// <summary>The opening handshake of one WebSocket (RFC 6455, section 4.1).</summary>
internal sealed class UpgradeRequest
{
    private const string KeyGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Makes the request, with a key of its own.</summary>
    public UpgradeRequest(Uri edge, ViewerOpening opening)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        ExpectedAccept = AcceptOf(key);
        Bytes = Encoding.ASCII.GetBytes(
            $"GET {opening.PathAndQuery} HTTP/1.1\r\nHost: {edge.Authority}\r\nConnection: Upgrade\r\n"
            + $"Upgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            + $"{Identifying(opening)}\r\n");
    }

    /// <summary>What to send.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The value of <c>Sec-WebSocket-Accept</c> that proves a WebSocket server.</summary>
    public string ExpectedAccept { get; }

    /// <summary>What proves that a WebSocket server read a key.</summary>
    // SHA-1 is what the protocol says; nothing is kept secret by it.
#pragma warning disable CA5350
    public static string AcceptOf(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeyGuid)));
#pragma warning restore CA5350

    private static string Identifying(ViewerOpening opening) => opening switch
    {
        { Subprotocol: "" } => string.Empty,
        { IsStamped: true } =>
            $"Sec-WebSocket-Protocol: {opening.Subprotocol}\r\n{IdentityStamp.Header}: {opening.Token}\r\n",
        _ => $"Sec-WebSocket-Protocol: {opening.Subprotocol}, bearer.{opening.Token}\r\n",
    };
}
