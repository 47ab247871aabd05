namespace Realtime.Client;

/// <summary>Not all events could be stored. Those that were are stored for good.</summary>
public sealed class PublishException : RealtimeException
{
    /// <summary>Creates one without results.</summary>
    public PublishException()
    {
    }

    /// <summary>Creates one without results.</summary>
    /// <param name="message">What went wrong.</param>
    public PublishException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one without results.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">Its cause.</param>
    public PublishException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="first">The first error.</param>
    /// <param name="results">What became of each event, in their order.</param>
    public PublishException(RealtimeException first, IReadOnlyList<PublishResult> results)
        : base(first.Code, first.Detail, first.Retry, first)
    {
        Errors = first.Errors;
        Results = results;
    }

    /// <summary>What became of each event, in the order in which they were given.</summary>
    public IReadOnlyList<PublishResult> Results { get; } = [];
}
