namespace Realtime.Workers.Delivery;

/// <summary>The wire formats.</summary>
internal static class WireFormats
{
    public const int Count = 2;

    /// <summary>WebSocket text frames of JSON: <c>realtime.v1.json</c>.</summary>
    public static readonly IWireFormat JsonFrames = new JsonFrameFormat();

    /// <summary>Server-Sent Events.</summary>
    public static readonly IWireFormat ServerSentEvents = new ServerSentEventFormat();
}
