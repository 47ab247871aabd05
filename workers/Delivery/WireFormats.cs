namespace Realtime.Workers.Delivery;

/// <summary>The wire formats.</summary>
internal static class WireFormats
{
    public const int Count = 3;

    /// <summary>WebSocket text frames of JSON: <c>realtime.v1.json</c>.</summary>
    public static readonly IWireFormat JsonFrames = new JsonFrameFormat();

    /// <summary>Server-Sent Events.</summary>
    public static readonly IWireFormat ServerSentEvents = new ServerSentEventFormat();

    /// <summary>WebSocket binary frames of MessagePack: <c>realtime.v1.msgpack</c>.</summary>
    public static readonly IWireFormat MessagePackFrames = new MessagePackFrameFormat();
}
