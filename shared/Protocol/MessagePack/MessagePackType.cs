using System.Diagnostics.CodeAnalysis;

namespace Realtime.Protocol.MessagePack;

/// <summary>The kinds of values that MessagePack knows, as told by a value's first byte.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The specification's own words.")]
public enum MessagePackType
{
    /// <summary>The byte 0xc1, which the specification never uses: the data is damaged.</summary>
    Invalid,

    /// <summary>Nil.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number, signed or not.</summary>
    Integer,

    /// <summary>A float of 32 or 64 bits.</summary>
    Float,

    /// <summary>Text, UTF-8 by the specification (the reader does not check it).</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A list of values.</summary>
    Array,

    /// <summary>Pairs of values.</summary>
    Map,

    /// <summary>Bytes with a type number, timestamps among them.</summary>
    Extension,
}
