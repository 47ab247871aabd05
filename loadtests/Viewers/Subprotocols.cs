namespace Realtime.Loadtests.Viewers;

/// <summary>Names of what is spoken on a WebSocket.</summary>
internal static class Subprotocols
{
    /// <summary>Text frames.</summary>
    public const string Json = "realtime.v1.json";

    /// <summary>Binary frames.</summary>
    public const string MessagePack = "realtime.v1.msgpack";
}
