namespace Realtime.Client.Connections;

/// <summary>What follows the end of a connection.</summary>
internal enum ConnectionNext
{
    /// <summary>Another attempt.</summary>
    Retry,

    /// <summary>One more attempt, if there is another token.</summary>
    RetryWithFreshToken,

    /// <summary>None.</summary>
    Close,
}
