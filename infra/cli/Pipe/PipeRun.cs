using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Pipe;

/// <summary>Copies standard input to a terminal, until it ends or somebody ends it.</summary>
internal sealed class PipeRun(CommandContext context, ConnectionSettings settings, UploadOptions options)
{
    private const int BufferBytes = 64 * 1024;

    private static readonly TimeSpan BeginPatience = TimeSpan.FromSeconds(3);

    // Ctrl+C ends the whole pipeline: the program before us has this long for its last words.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private bool _isOutputGone;

    public required string Task { get; init; }

    public required bool CopiesToOutput { get; init; }

    /// <summary>What the terminal ends with; null = it stays open.</summary>
    public required int? ExitCode { get; init; }

    /// <summary>Runs it.</summary>
    public async Task<int> RunAsync()
    {
        using var interrupts = new Interrupts();
        await using var upload = new TerminalUpload(settings, Task, options, context.Notices, context.Clock);
        await upload.WaitForBeginAsync(BeginPatience, interrupts.Asked);
        if (upload.Status == UploadStatus.Refused && !CopiesToOutput)
        {
            return Failures.ExitCodeOf(upload.Refusal!);
        }

        // Not awaited to its end when interrupted: a read of input ends when something comes, or with this process.
        Task copying = CopyAsync(upload);
        await WaitAsync(copying, interrupts.Asked);
        bool isInterrupted = interrupts.Asked.IsCancellationRequested;
        await new FlushDisplay(context.Notices, context.Errors, context.Clock).CompleteAsync(
            upload, isInterrupted && ExitCode is not null ? interrupts.ExitCode : ExitCode,
            isInterrupted ? CancellationToken.None : interrupts.Asked);
        return interrupts.Asked.IsCancellationRequested ? interrupts.ExitCode : ExitCodeOf(upload);
    }

    private static int ExitCodeOf(TerminalUpload upload) => upload.Status switch
    {
        UploadStatus.Complete => ExitCodes.Ok,
        UploadStatus.Refused => Failures.ExitCodeOf(upload.Refusal!),
        UploadStatus.Unsent => ExitCodes.Unreachable,
        _ => ExitCodes.Failed,
    };

    private async Task WaitAsync(Task copying, CancellationToken interrupted)
    {
        try
        {
            await copying.WaitAsync(interrupted);
        }
        catch (OperationCanceledException)
        {
            await System.Threading.Tasks.Task.WhenAny(
                copying, System.Threading.Tasks.Task.Delay(LastWords, context.Clock, CancellationToken.None));
        }
    }

    private async Task CopyAsync(TerminalUpload upload)
    {
        byte[] buffer = new byte[BufferBytes];
        while (await Descriptor.ReadAsync(Descriptor.StandardInput, buffer) is int length and > 0)
        {
            if (CopiesToOutput && !_isOutputGone)
            {
                ShowHere(buffer.AsSpan(0, length));
            }

            await upload.WriteAsync(buffer.AsMemory(0, length));
            if (upload.Status == UploadStatus.Refused && (!CopiesToOutput || _isOutputGone))
            {
                return;
            }
        }
    }

    private void ShowHere(ReadOnlySpan<byte> data)
    {
        try
        {
            Descriptor.Write(Descriptor.StandardOutput, data);
        }
        catch (IOException)
        {
            _isOutputGone = true;
        }
    }
}
