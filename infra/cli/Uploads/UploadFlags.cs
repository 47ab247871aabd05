using System.CommandLine;
using Realtime.Cli.Arguments;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Uploads;

/// <summary>Options of the commands that fill a terminal.</summary>
internal sealed class UploadFlags
{
    private readonly Option<long> _spoolBytes = Flag.Of<long>(
        "--spool-bytes", "BYTES",
        "Most bytes kept (1 MiB in memory, the others in a file) while the server is away. Default: 64MiB.",
        ByteCountText.Rule, ByteCountText.TryParse);

    private readonly Option<TimeSpan> _stallTimeout = Flag.OfDuration(
        "--stall-timeout",
        "How long a full spool may hold up the program while nothing can be sent; then it goes on unrecorded.",
        new UploadOptions().StallTimeout);

    private readonly Option<TimeSpan> _flushTimeout = Flag.OfDuration(
        "--flush-timeout", "How long to go on sending after the end.", new UploadOptions().FlushTimeout);

    private readonly Option<bool> _noLease = new("--no-lease")
    {
        Description = "Take no lease on the task: others may write to its terminal, and nobody tells viewers if this "
            + "process is killed.",
    };

    private readonly Option<TimeSpan> _leaseTtl = Flag.Of<TimeSpan>(
        "--lease-ttl", "DURATION",
        "How long after this process was killed the task is shown as lost, and its terminal ends. Default: 30s.",
        "a duration from 10s to 5m", TryParseTtl);

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_spoolBytes);
        command.Add(_stallTimeout);
        command.Add(_flushTimeout);
        command.Add(_noLease);
        command.Add(_leaseTtl);
    }

    /// <summary>Reads them.</summary>
    public UploadOptions Read(ParseResult parsed)
    {
        var defaults = new UploadOptions();
        return defaults with
        {
            SpoolBytes = Flag.ValueOr(parsed, _spoolBytes, defaults.SpoolBytes),
            StallTimeout = Flag.ValueOr(parsed, _stallTimeout, defaults.StallTimeout),
            FlushTimeout = Flag.ValueOr(parsed, _flushTimeout, defaults.FlushTimeout),
            LeaseTtl = parsed.GetValue(_noLease) ? null : Flag.ValueOr(parsed, _leaseTtl, new LeaseOptions().Ttl),
        };
    }

    private static bool TryParseTtl(string text, out TimeSpan ttl) => DurationText.TryParse(text, out ttl)
        && ttl.TotalMilliseconds is >= LeaseRequest.TtlMsMin and <= LeaseRequest.TtlMsMax;
}
