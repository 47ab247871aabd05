using System.Globalization;
using Realtime.Cli.Arguments;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Uploads;

/// <summary>Tells people how an upload fares: when the server goes away and comes back, and what is lost.</summary>
internal sealed class UploadTeller(Uri url, string task, Notices notices, UploadQueue queue)
{
    private bool _isAway;

    /// <summary>An attempt failed, and there will be another.</summary>
    public void Away(RealtimeException failure)
    {
        if (_isAway)
        {
            notices.Detail($"still trying: {Failures.Describe(failure, url)}");
            return;
        }

        _isAway = true;
        notices.Info($"{Failures.Describe(failure, url)} Output is kept, and sent when the server is back.");
    }

    /// <summary>The server took something.</summary>
    public void Reached()
    {
        if (_isAway)
        {
            _isAway = false;
            notices.Info($"the server is back; {ByteCountText.Format(queue.WaitingBytes)} that were kept follow.");
        }
    }

    /// <summary>Output is no longer recorded.</summary>
    public void GaveUp(long spoolBytes) => notices.Error(
        $"{queue.LossReason}, and nothing can be sent: from here on the output is NOT recorded. "
        + "What was kept until here is sent when the server is back. "
        + $"(--spool-bytes: {ByteCountText.Format(spoolBytes)})");

    /// <summary>Output is no longer recorded, whatever the server does.</summary>
    public void BrokeOff() => notices.Error(
        $"{queue.LossReason}: from here on the output is NOT recorded. What was kept until here is sent.");

    /// <summary>The server will not have it.</summary>
    public void Refused(RealtimeException refusal) => notices.Error(
        $"the terminal of task {task} can't be written, its output is NOT recorded: {Failures.Describe(refusal, url)}");

    /// <summary>What was kept can't be read any more, or something of which nobody thought.</summary>
    public void Failed(Exception failure) => notices.Error(
        $"sending the output failed, from here on it is NOT recorded: {failure.GetType().Name}: {failure.Message}");

    /// <summary>An older server.</summary>
    public void NoSizes(RealtimeException refusal) =>
        notices.Detail($"the server takes no sizes of terminals, viewers are not told them: {refusal.Message}");

    /// <summary>The error of a terminal that another one writes to.</summary>
    public static RealtimeException Anothers(long end, long position) => new(
        ErrorCodes.Conflict,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Another producer writes to this terminal: it ends at {end}, this one stands at {position}."),
        retry: false);

    /// <summary>The error of a terminal in which another one's bytes, all or some, stand where ours belong.</summary>
    public static RealtimeException AnothersAmong(long offset) => new(
        ErrorCodes.Conflict,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Another producer writes to this terminal: bytes from {offset} on were there before this one sent them, "
            + $"and viewers may see a mixture."),
        retry: false);

    /// <summary>The server has given us up, or another one has it.</summary>
    public void LeaseLost(RealtimeException reason) => notices.Error(
        $"the lease on task {task} is lost, and viewers see the task as lost: {reason.Message}");

    /// <summary>
    /// What viewers read where the recording ends. CAN ends an escape sequence that was cut, the next one colours.
    /// </summary>
    public string CutLine() =>
        $"\x18\e[0m\r\n[realtime: {queue.LostBytes} bytes of output from here on were not recorded: "
        + $"{queue.LossReason} while the server was away]\r\n";
}
