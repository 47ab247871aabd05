using System.Buffers;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Tokens;

/// <summary>
/// Walks what somebody sent, token by token, whatever its format: so that messages are read by one set of rules. Its
/// two forms are structs, and who reads is generic: it costs no virtual call.
/// </summary>
internal interface ITokenReader
{
    /// <summary>Where it stands.</summary>
    TokenKind Kind { get; }

    /// <summary>Goes on to the next token; false at the end.</summary>
    bool Read();

    /// <summary>At the start of a list or map: goes to its end. Elsewhere nothing.</summary>
    void Skip();

    /// <summary>
    /// As <see cref="Skip"/>, wherever it stands; tells where the value is, from its first byte to behind its last.
    /// </summary>
    Range PassValue();

    /// <summary>Whether it stands at a field of this name.</summary>
    bool IsName(ReadOnlySpan<byte> utf8);

    /// <summary>Reads a text; false if it is none, is longer than allowed (in characters), or is damaged.</summary>
    bool TryGetText(int lengthMax, out string text);

    /// <summary>Reads a whole number; false if it is none, or does not fit.</summary>
    bool TryGetInt64(out long number);

    /// <summary>
    /// Copies the value where it stands, with all in it, as MessagePack; stands at its last token afterwards, also if
    /// the value was refused. What was written then is to be thrown away.
    /// </summary>
    PayloadResult CopyPayload(IBufferWriter<byte> output, MessagePackLimits limits, out int values);
}
