namespace Realtime.Tests.Support;

/// <summary>What a test's Redis keeps over a crash.</summary>
internal enum RedisPersistence
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every write, before it is acknowledged: <c>appendfsync always</c>.</summary>
    Always,

    /// <summary>All but about the last second: <c>appendfsync everysec</c>.</summary>
    EverySecond,
}
