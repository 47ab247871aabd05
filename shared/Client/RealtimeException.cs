namespace Realtime.Client;

/// <summary>What the server refused, or why it could not be asked.</summary>
public class RealtimeException : Exception
{
    /// <summary>Creates an error with the code <c>network</c>.</summary>
    public RealtimeException()
        : this(ClientErrorCodes.Network, "The network failed.", retry: true)
    {
    }

    /// <summary>Creates an error with the code <c>network</c>.</summary>
    /// <param name="message">What went wrong.</param>
    public RealtimeException(string message)
        : this(ClientErrorCodes.Network, message, retry: true)
    {
    }

    /// <summary>Creates an error with the code <c>network</c>.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">Its cause.</param>
    public RealtimeException(string message, Exception? innerException)
        : this(ClientErrorCodes.Network, message, retry: true, innerException)
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="code">One of the protocol's codes or of <see cref="ClientErrorCodes"/>.</param>
    /// <param name="detail">What went wrong, for people.</param>
    /// <param name="retry">Whether the same again may succeed.</param>
    /// <param name="innerException">Its cause.</param>
    public RealtimeException(string code, string detail, bool retry, Exception? innerException = null)
        : base($"{code}: {detail}", innerException)
    {
        Code = code;
        Detail = detail;
        Retry = retry;
    }

    /// <summary>One of the protocol's codes (PROTOCOL.md section 13) or of <see cref="ClientErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>What went wrong, for people.</summary>
    public string Detail { get; }

    /// <summary>Whether the same again may succeed.</summary>
    public bool Retry { get; }

    /// <summary>Code, detail, and every single thing that was wrong.</summary>
    public override string Message => Errors.Count == 0
        ? base.Message
        : $"{base.Message} ({string.Join("; ", Errors.Select(static error => $"{error.Where}: {error.Detail}"))})";

    /// <summary>
    /// Every single thing that was wrong with a request, with its place (<c>/3/payload</c>, <c>query: limit</c>); empty
    /// if the server named none.
    /// </summary>
    public IReadOnlyList<ErrorPlace> Errors { get; init; } = [];
}
