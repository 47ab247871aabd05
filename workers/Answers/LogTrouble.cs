using Realtime.Log;

namespace Realtime.Workers.Answers;

/// <summary>What a client is told of a log that is unavailable.</summary>
internal static class LogTrouble
{
    /// <summary>Of a write.</summary>
    public static string DetailOfWrite(LogUnavailableReason reason) => reason switch
    {
        LogUnavailableReason.Full => "The log is full. Send it again later; an operator has to make room.",
        LogUnavailableReason.TimedOut =>
            "The log did not answer in time; it may or may not have been stored. Send it again.",
        _ => "The log is unavailable. Send it again later.",
    };

    /// <summary>Of a read.</summary>
    public static string DetailOfRead(LogUnavailableReason reason) => reason switch
    {
        LogUnavailableReason.TimedOut => "The log did not answer in time. Ask again later.",
        _ => "The log is unavailable. Ask again later.",
    };
}
