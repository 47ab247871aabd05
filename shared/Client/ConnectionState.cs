using System.Globalization;
using System.Text;

namespace Realtime.Client;

/// <summary>The state of a client's connection.</summary>
public sealed record ConnectionState
{
    /// <summary>What it does now.</summary>
    public required ConnectionStatus Status { get; init; }

    /// <summary>
    /// Connecting: the number of this attempt in its row, from 1. Waiting: that of the next one. Else 0.
    /// </summary>
    public int Attempt { get; init; }

    /// <summary>Waiting: how long, from the beginning of the wait.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Waiting: when the next attempt begins, by this machine's clock.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>
    /// Waiting: why, one of <see cref="ConnectionReasons"/>. Null in other states.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>Waiting and closed: the WebSocket's close code (1006 = it broke), if there was a WebSocket.</summary>
    public int? CloseCode { get; init; }

    /// <summary>Waiting and closed: what went wrong; null after a drain and when the application closed the
    /// client.</summary>
    public RealtimeException? Error { get; init; }

    // What the state has, in one line: an exception as such would bring its whole stack into a console.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(nameof(Status)).Append(" = ").Append(Status);
        Append(text, nameof(Attempt), Attempt == 0 ? null : Attempt);
        Append(text, nameof(Delay), Delay == TimeSpan.Zero ? null : Delay);
        Append(text, nameof(RetryAt), RetryAt?.ToString("O", CultureInfo.InvariantCulture));
        Append(text, nameof(Reason), Reason);
        Append(text, nameof(CloseCode), CloseCode);
        Append(text, nameof(Error), Error?.Message);
        return true;
    }

    private static void Append(StringBuilder text, string name, object? value)
    {
        if (value is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $", {name} = {value}");
        }
    }
}
