namespace Realtime.Protocol.Events;

/// <summary>What became of the reading of a request to publish; tells the status of the answer.</summary>
public enum PublishOutcome
{
    /// <summary>Everything is as it should be.</summary>
    Read,

    /// <summary>The body is no JSON, or not what the protocol says: 400.</summary>
    Invalid,

    /// <summary>The only thing wrong is that something is too large, or too much of it: 413.</summary>
    TooLarge,
}
