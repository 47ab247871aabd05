using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Connections;

/// <summary>A form in which the protocol is spoken on a WebSocket: same messages, other bytes.</summary>
/// <param name="Name">Its name in <c>Sec-WebSocket-Protocol</c>.</param>
/// <param name="Format">How messages are written.</param>
/// <param name="Frames">In which frames messages are read; those of the other kind close 4400.</param>
/// <param name="Rule">The same in words.</param>
/// <param name="TryRead">Reads one frame.</param>
internal sealed record Subprotocol(
    string Name, IWireFormat Format, WebSocketReadKind Frames, string Rule, Subprotocol.FrameReader TryRead)
{
    /// <summary>JSON in text frames; spoken too if the client names nothing.</summary>
    public static readonly Subprotocol Json = new(
        "realtime.v1.json", WireFormats.JsonFrames, WebSocketReadKind.Text, "realtime.v1.json has text frames only",
        ClientMessageReader.TryRead);

    /// <summary>MessagePack in binary frames.</summary>
    public static readonly Subprotocol MessagePack = new(
        "realtime.v1.msgpack", WireFormats.MessagePackFrames, WebSocketReadKind.Binary,
        "realtime.v1.msgpack has binary frames only", ClientMessageReader.TryReadMessagePack);

    /// <summary>As <see cref="ClientMessageReader.TryRead"/>.</summary>
    public delegate bool FrameReader(
        ReadOnlySpan<byte> frame, ClientMessageLimits limits, List<ClientMessage> messages, out string? error);

    /// <summary>The first of the client's offers that is ours; null if none is. Without any offer: JSON.</summary>
    public static Subprotocol? Choose(IReadOnlyList<string> offered)
    {
        if (offered.Count == 0)
        {
            return Json;
        }

        foreach (string name in offered)
        {
            if (name == Json.Name || name == MessagePack.Name)
            {
                return name == Json.Name ? Json : MessagePack;
            }
        }

        return null;
    }
}
