namespace Realtime.Protocol.Tokens;

/// <summary>What became of a payload.</summary>
internal enum PayloadResult
{
    /// <summary>It was copied.</summary>
    Copied,

    TooDeep,
    TooManyValues,
    TooLarge,

    /// <summary>A number of JSON is beyond what a double can hold.</summary>
    NumberOutOfRange,

    /// <summary>A number of MessagePack is infinite, or none.</summary>
    NumberNotFinite,

    /// <summary>A text of JSON holds half a UTF-16 surrogate pair.</summary>
    BadText,

    /// <summary>A key of a map is no text.</summary>
    KeyIsNoText,

    /// <summary>A value is an extension of MessagePack, timestamps among them.</summary>
    Extension,
}
