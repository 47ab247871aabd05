namespace Realtime.Log.Memory;

/// <summary>What became of an attempt to append to one store of the embedded log.</summary>
internal enum AppendAttempt
{
    /// <summary>There is a result.</summary>
    Done,

    /// <summary>There is no room; nothing was stored.</summary>
    Full,

    /// <summary>The store was removed meanwhile; another attempt finds or makes the next one.</summary>
    Retired,
}
