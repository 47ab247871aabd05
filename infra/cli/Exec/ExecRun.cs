using System.Runtime.Versioning;
using System.Text;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Exec;

/// <summary>
/// One command on a terminal of its own:
/// <code>
///   local keys -> pseudo-terminal -> command -> pseudo-terminal -+-> local terminal
///                                                                +-> spool -> server -> viewers
/// </code>
/// </summary>
internal sealed class ExecRun(CommandContext context, ConnectionSettings settings, UploadOptions options)
{
    private const int BufferBytes = 32 * 1024;
    private const byte EndOfTransmission = 4;

    // A server that refuses is heard before the command begins; one that is silent delays it by no more than this.
    private static readonly TimeSpan BeginPatience = TimeSpan.FromSeconds(3);

    // When the command is gone its terminal is hung up, and what it wrote has been read within moments, unless the
    // spool
    // is full.
    private static readonly TimeSpan LastOutputPatience = TimeSpan.FromSeconds(5);

    private bool _isOutputGone;

    public required string Task { get; init; }

    public required IReadOnlyList<string> Program { get; init; }

    public required TerminalSize Size { get; init; }

    public required bool EndsTerminal { get; init; }

    public required bool KeepsToken { get; init; }

    /// <summary>Runs it; its exit code.</summary>
    public async Task<int> RunAsync()
    {
        if (!OperatingSystem.IsLinux() || CommandPath.FailureOf("setsid") is not null)
        {
            throw new CliException(
                "exec needs Linux with setsid (of util-linux); elsewhere: CMD 2>&1 | realtime pipe --task TASK --tee",
                ExitCodes.ExecFailed);
        }

        using var signals = new ExecSignals();
        await using var upload = new TerminalUpload(settings, Task, options, context.Notices, context.Clock);
        await upload.WaitForBeginAsync(BeginPatience);
        if (upload.Status == UploadStatus.Refused)
        {
            throw new CliException("The command was not started.", ExitCodes.ExecFailed);
        }

        TerminalSize size = LocalTerminal.Size ?? Size;
        upload.Resize(size);
        int exitCode = CommandPath.FailureOf(Program[0]) is { } failure
            ? await RefuseAsync(upload, failure)
            : await RunAsync(upload, size, signals);
        await new FlushDisplay(context.Notices, context.Errors, context.Clock)
            .CompleteAsync(upload, EndsTerminal ? exitCode : null, signals.GiveUp());
        return exitCode;
    }

    // Viewers are told too: they wait for something.
    private async Task<int> RefuseAsync(TerminalUpload upload, int exitCode)
    {
        string line = $"{Program[0]}: {(exitCode == 127 ? "command not found" : "permission denied")}";
        context.Notices.Error(line);
        await upload.WriteAsync(Encoding.UTF8.GetBytes($"realtime: {line}\r\n"));
        return exitCode;
    }

    [SupportedOSPlatform("linux")]
    private async Task<int> RunAsync(TerminalUpload upload, TerminalSize size, ExecSignals signals)
    {
        bool isTyped = LocalTerminal.Is(Descriptor.StandardInput);
        using PseudoTerminal terminal = PseudoTerminal.Open(size, echoes: isTyped);
        using TerminalProcess process = TerminalProcess.Start(terminal, Program, Environment());
        using LocalTerminal? raw = LocalTerminal.EnterRaw();
        if (raw is not null)
        {
            context.Notices.Hold();
        }

        try
        {
            signals.Attach(process, terminal, () =>
            {
                if (LocalTerminal.Size is { } changed)
                {
                    // In this order: what the command draws for the new size comes behind it.
                    upload.Resize(changed);
                    terminal.Resize(changed);
                }
            });
            Task showing = ShowAsync(terminal, upload);
            if (raw is not null || !isTyped)
            {
                // Not awaited: a read of input ends when somebody types, or with this process.
                _ = TypeAsync(terminal, isTyped);
            }

            int exitCode = await process.WaitAsync();
            TimeSpan patience = LastOutputPatience + options.StallTimeout;
            await System.Threading.Tasks.Task.WhenAny(
                showing, System.Threading.Tasks.Task.Delay(patience, context.Clock, CancellationToken.None));
            string errors = await process.ShellErrorsAsync();
            return errors.Length == 0
                ? exitCode
                : throw new CliException($"The terminal could not be made: {errors.Trim()}", ExitCodes.ExecFailed);
        }
        finally
        {
            signals.Detach();
            raw?.Dispose();
            context.Notices.Release();
        }
    }

    private Dictionary<string, string?> Environment()
    {
        var changes = new Dictionary<string, string?> { ["REALTIME_TASK"] = Task };
        if (!KeepsToken)
        {
            changes["REALTIME_TOKEN"] = null;
        }

        // Viewers have a terminal that can do more, even where nobody sits.
        if (System.Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb")
        {
            changes["TERM"] = "xterm-256color";
        }

        return changes;
    }

    private async Task ShowAsync(PseudoTerminal terminal, TerminalUpload upload)
    {
        byte[] buffer = new byte[BufferBytes];
        while (await terminal.ReadAsync(buffer) is int length and > 0)
        {
            ShowHere(buffer.AsSpan(0, length));
            await upload.WriteAsync(buffer.AsMemory(0, length));
        }
    }

    // Whoever closes our output (`| head`) wants to see no more; the command and its viewers go on.
    private void ShowHere(ReadOnlySpan<byte> data)
    {
        if (_isOutputGone)
        {
            return;
        }

        try
        {
            Descriptor.Write(Descriptor.StandardOutput, data);
        }
        catch (IOException)
        {
            _isOutputGone = true;
        }
    }

    private static async Task TypeAsync(PseudoTerminal terminal, bool isTyped)
    {
        byte[] buffer = new byte[BufferBytes];
        bool isLineOpen = false;
        try
        {
            while (await Descriptor.ReadAsync(Descriptor.StandardInput, buffer) is int length and > 0)
            {
                await terminal.WriteAsync(buffer.AsMemory(0, length));
                isLineOpen = buffer[length - 1] != '\n';
            }

            if (!isTyped)
            {
                // The end of a file, as a terminal tells it: within a line the key has to be pressed twice.
                await terminal.WriteAsync(
                    isLineOpen ? new[] { EndOfTransmission, EndOfTransmission } : new[] { EndOfTransmission });
            }
        }
        catch (IOException)
        {
            // Input is gone, or the command is: nothing more is typed.
        }
    }
}
