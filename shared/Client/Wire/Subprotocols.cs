using System.Net.WebSockets;

namespace Realtime.Client.Wire;

/// <summary>The names of both forms of the protocol in a handshake.</summary>
internal static class Subprotocols
{
    private const string Json = "realtime.v1.json";
    private const string MessagePack = "realtime.v1.msgpack";

    /// <summary>Those offered, the wanted one first. JSON is spoken by every server.</summary>
    public static IEnumerable<string> Offered(WireFormat wanted) =>
        wanted == WireFormat.Json ? [Json] : [MessagePack, Json];

    /// <summary>The server's choice.</summary>
    public static WireFormat ChosenOn(WebSocket socket) =>
        socket.SubProtocol == MessagePack ? WireFormat.MessagePack : WireFormat.Json;
}
