using System.CommandLine;
using Realtime.Cli.Arguments;

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

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_spoolBytes);
        command.Add(_stallTimeout);
        command.Add(_flushTimeout);
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
        };
    }
}
