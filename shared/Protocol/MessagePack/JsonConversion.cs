namespace Realtime.Protocol.MessagePack;

/// <summary>What became of a conversion from JSON to MessagePack.</summary>
public enum JsonConversion
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>Arrays and objects are nested deeper than allowed.</summary>
    TooDeep,

    /// <summary>It holds more values than allowed.</summary>
    TooManyValues,

    /// <summary>In MessagePack it is larger than allowed.</summary>
    TooLarge,

    /// <summary>A number is beyond what a double can hold.</summary>
    NumberOutOfRange,

    /// <summary>A text holds half a UTF-16 surrogate pair (<c>\ud800</c> alone).</summary>
    BadText,
}
