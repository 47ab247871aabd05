using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>
/// A later life of this producer (a higher epoch) is at work: this one is to stop. Nothing is tried again, and nothing
/// more of this client's events is sent.
/// </summary>
public sealed class StaleProducerException : RealtimeException
{
    /// <summary>Creates one.</summary>
    public StaleProducerException()
        : this("A later life of this producer is at work.")
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What the server said.</param>
    public StaleProducerException(string message)
        : this(message, null)
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What the server said.</param>
    /// <param name="innerException">Its cause.</param>
    public StaleProducerException(string message, Exception? innerException)
        : base(ErrorCodes.StaleProducer, message, retry: false, innerException)
    {
    }

    /// <summary>Of events: what became of each, in the order in which they were given; else empty.</summary>
    public IReadOnlyList<PublishResult> Results { get; init; } = [];
}
