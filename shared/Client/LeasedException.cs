using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>Another producer holds the lease.</summary>
public sealed class LeasedException : RealtimeException
{
    /// <summary>Creates one.</summary>
    public LeasedException()
        : this("Another holds this lease.")
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What the server said.</param>
    public LeasedException(string message)
        : this(message, null)
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What the server said.</param>
    /// <param name="innerException">Its cause.</param>
    public LeasedException(string message, Exception? innerException)
        : base(ErrorCodes.Leased, message, retry: false, innerException)
    {
    }

    /// <summary>Until when, if it is not renewed, by the log's clock; null if the server did not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
