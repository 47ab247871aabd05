using System.Globalization;
using Realtime.Cli.Arguments;
using Realtime.Cli.Terminals;
using Spectre.Console;

namespace Realtime.Cli.Uploads;

/// <summary>Shows how far the late upload is: a bar on a terminal, now and then a line elsewhere.</summary>
internal sealed class FlushDisplay(Notices notices, TextWriter errors, TimeProvider clock)
{
    // Faster than this nobody has to be told.
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Ends an upload and shows it.</summary>
    public async Task CompleteAsync(TerminalUpload upload, int? exitCode, CancellationToken interrupted)
    {
        Task done = upload.CompleteAsync(exitCode, interrupted);
        if (!await IsDoneAsync(done, QuietTime) && !notices.IsQuiet)
        {
            (long sent, long waiting) = upload.Progress;
            if (waiting > 0 && LocalTerminal.Is(Descriptor.StandardError))
            {
                await ShowBarAsync(upload, done, sent, waiting);
            }
            else
            {
                await ShowLinesAsync(upload, done);
            }
        }

        await done;
        if (upload.Status is UploadStatus.Unsent)
        {
            TellUnsent(upload.MissingBytes, exitCode, interrupted.IsCancellationRequested);
        }
    }

    private void TellUnsent(long missing, int? exitCode, bool isInterrupted)
    {
        string why = isInterrupted
            ? "sending was interrupted."
            : "the server could not be reached in time. Give more time by --flush-timeout.";
        string open = exitCode is { } code
            ? string.Create(CultureInfo.InvariantCulture, $" The terminal is left open, without exit code {code}.")
            : string.Empty;
        notices.Error(missing == 0
            ? $"all output was sent, the end of the terminal was NOT: {why}{open}"
            : $"{ByteCountText.Format(missing)} of output were NOT sent: {why}{open}");
    }

    private async Task ShowLinesAsync(TerminalUpload upload, Task done)
    {
        do
        {
            notices.Info($"sending what was kept: {ByteCountText.Format(upload.Progress.Waiting)} left");
        }
        while (!await IsDoneAsync(done, LineInterval));
    }

    private async Task ShowBarAsync(TerminalUpload upload, Task done, long sentBefore, long waiting)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new TerminalOutput(errors, Descriptor.StandardError) });
        notices.Hold();
        await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask("sending what was kept", maxValue: waiting);
                do
                {
                    bar.Value = upload.Progress.Sent - sentBefore;
                }
                while (!await IsDoneAsync(done, BarInterval));
            });
        notices.Release();
    }

    private async Task<bool> IsDoneAsync(Task done, TimeSpan within)
    {
        await Task.WhenAny(done, Task.Delay(within, clock, CancellationToken.None));
        return done.IsCompleted;
    }
}
