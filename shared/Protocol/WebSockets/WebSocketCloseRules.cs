namespace Realtime.Protocol.WebSockets;

/// <summary>Rules for the number of a close frame.</summary>
internal static class WebSocketCloseRules
{
    /// <summary>Stands for a close frame without a number; never on the wire (RFC 6455, section 7.4.1).</summary>
    public const int None = 1005;

    /// <summary>
    /// Whether a number may be on the wire: those that RFC 6455 and IANA's registry define, and 3000 to 4999 for
    /// others.
    /// </summary>
    public static bool IsValid(int code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
