namespace Realtime.Protocol.WebSockets;

/// <summary>What was read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">Of messages, pings and pongs; valid until the next read.</param>
/// <param name="CloseCode">
/// Of <see cref="WebSocketReadKind.Close"/>: the peer's number, 1005 if it gave none. Of
/// <see cref="WebSocketReadKind.Violation"/>: the number to close with, one of <see cref="Protocol.CloseCode"/>.
/// </param>
/// <param name="Reason">
/// Of <see cref="WebSocketReadKind.Close"/>: the peer's reason (foreign text). Of
/// <see cref="WebSocketReadKind.Violation"/>: the rule that was broken.
/// </param>
public readonly record struct WebSocketRead(
    WebSocketReadKind Kind, ReadOnlyMemory<byte> Payload = default, int CloseCode = 0, string Reason = "");
