using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>
/// Bytes before the given offset are missing in the log. Send again from <see cref="Expected"/> on; or, if those bytes
/// are gone here too, say so by <see cref="AppendTerminalOptions.AfterLoss"/> = <see cref="Epoch"/>.
/// </summary>
public sealed class TerminalHoleException : RealtimeException
{
    /// <summary>Creates one.</summary>
    public TerminalHoleException()
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What went wrong.</param>
    public TerminalHoleException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">Its cause.</param>
    public TerminalHoleException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="detail">What went wrong, for people.</param>
    /// <param name="expected">The offset at which the log's terminal ends.</param>
    /// <param name="epoch">The terminal's present epoch.</param>
    public TerminalHoleException(string detail, long expected, Epoch epoch)
        : base(ErrorCodes.Hole, detail, retry: false)
    {
        Expected = expected;
        Epoch = epoch;
    }

    /// <summary>The offset at which the log's terminal ends: the first byte that it lacks.</summary>
    public long Expected { get; }

    /// <summary>The terminal's present epoch.</summary>
    public Epoch Epoch { get; }
}
