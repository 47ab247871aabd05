using Realtime.Client.Wire;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Subscriptions;

/// <summary>Reads what a server says of a terminal; what cannot be is against the protocol.</summary>
internal static class TerminalFields
{
    /// <summary>Numbers are exact below 2^53 in every client; in eight petabytes nobody comes near it.</summary>
    private const long OffsetMax = (1L << 53) - 1;

    /// <summary>Of columns or rows: what a pseudo-terminal can have.</summary>
    private const int ExtentMax = ushort.MaxValue;

    /// <summary>Where <c>subscribed</c> says that it begins.</summary>
    public static (Epoch Epoch, long Offset) Beginning(ServerMessage message) =>
        Epoch.TryParse(message.Epoch, out Epoch epoch) && message.Offset is >= 0 and <= OffsetMax and var offset
            ? (epoch, offset)
            : throw Violation("`subscribed` to a terminal without its epoch and offset.");

    /// <summary>Where <c>gap</c> says that it goes on.</summary>
    public static TerminalFrom ResumesAt(ServerMessage message) =>
        TerminalFrom.TryParse(message.ResumesAt, out TerminalFrom place) && !place.Epoch.IsNone
        && place.Value <= OffsetMax
            ? place
            : throw Violation("A `gap` of a terminal that does not say where it goes on.");

    /// <summary>What <c>terminal</c> carries; no bytes where it only tells a size.</summary>
    public static (Epoch Epoch, long Offset, byte[] Data) Bytes(ServerMessage message) =>
        Epoch.TryParse(message.Epoch, out Epoch epoch)
        && message.Offset is >= 0 and <= OffsetMax and var offset
        && (message.Data ?? (message.HasSize ? [] : null)) is { } data
        && message.Length == data.Length && data.Length <= OffsetMax - offset
        && (!message.HasEnd || message.ExitCode is not null)
        && message.Encoding is null or "base64" or "raw" or "lz4"
            ? (epoch, offset, data)
            : throw Violation("A `terminal` message whose epoch, offset, length, data or end cannot be.");

    /// <summary>The size that is told, if one is.</summary>
    public static (int Columns, int Rows)? Size(ServerMessage message) =>
        !message.HasSize ? null
        : message is { Columns: >= 1 and <= ExtentMax and var columns, Rows: >= 1 and <= ExtentMax and var rows }
            ? (columns, rows)
        : throw Violation("A terminal of no size.");

    /// <summary>The error of a server that does not keep to the protocol.</summary>
    public static RealtimeException Violation(string detail) => new(ClientErrorCodes.Protocol, detail, retry: true);
}
