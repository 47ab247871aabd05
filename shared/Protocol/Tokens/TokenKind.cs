namespace Realtime.Protocol.Tokens;

/// <summary>What an <see cref="ITokenReader"/> stands at.</summary>
internal enum TokenKind
{
    /// <summary>Nothing was read yet.</summary>
    None,

    Nil,
    True,
    False,
    Number,
    Text,
    StartList,
    EndList,
    StartMap,
    EndMap,

    /// <summary>The name of a field; its value is next.</summary>
    Name,

    /// <summary>A value that JSON does not know: bytes or an extension.</summary>
    Other,
}
