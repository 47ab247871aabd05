namespace Realtime.Protocol.Messages;

/// <summary>Reads what a client sent: one message or an array of them, as JSON.</summary>
public static class ClientMessageReader
{
    /// <summary>
    /// Reads one frame's text. Messages with an unknown <c>op</c> are skipped; a message that is understood but wrong is returned
    /// as <see cref="ClientMessage.Invalid"/>. False if the text is no JSON, too deep, holds too many messages, or is no object or
    /// array of objects with a text <c>op</c>: then the connection is closed 4400 with <paramref name="error"/> as reason.
    /// </summary>
    /// <param name="utf8">The text.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="messages">Receives the messages, in order.</param>
    /// <param name="error">What is wrong and where, at most 123 bytes, so that it fits into a close frame.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, ClientMessageLimits limits, List<ClientMessage> messages, out string? error) =>
        throw new NotImplementedException();
}
