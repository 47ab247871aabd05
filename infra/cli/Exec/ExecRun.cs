using System.Runtime.Versioning;
using System.Text;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Exec;

/// <summary>
/// One command from its start to the end of its upload. README.md has the states, and who may end each.
/// </summary>
internal sealed class ExecRun(CommandContext context, ConnectionSettings settings, UploadOptions options)
{
    // A server that refuses is heard before the command begins; one that is silent delays it by no more than this.
    private static readonly TimeSpan BeginPatience = TimeSpan.FromSeconds(3);

    // They would let whoever watches `env` write to any task, or make tokens.
    private static readonly string[] Secrets = ["REALTIME_TOKEN", "REALTIME_SIGNING_KEY"];

    public required string Task { get; init; }

    public required IReadOnlyList<string> Program { get; init; }

    public required TerminalSize Size { get; init; }

    public required bool EndsTerminal { get; init; }

    public required bool KeepsToken { get; init; }

    /// <summary>Runs it; its exit code.</summary>
    public async Task<int> RunAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CliException(
                "exec needs Linux; elsewhere: CMD 2>&1 | realtime pipe --task TASK --tee", ExitCodes.ExecFailed);
        }

        using var signals = new ExecSignals();
        await using var upload = new TerminalUpload(settings, Task, options, context.Notices, context.Clock);
        await upload.WaitForBeginAsync(BeginPatience, signals.Early);
        if (signals.Early.IsCancellationRequested)
        {
            context.Notices.Error("interrupted; the command was not started");
            return signals.EarlyExitCode;
        }

        if (upload.Status == UploadStatus.Refused)
        {
            throw new CliException("The command was not started.", ExitCodes.ExecFailed);
        }

        TerminalSize size = LocalTerminal.Size ?? Size;
        upload.Resize(size);
        int exitCode = await RunAsync(upload, size, signals);
        await new FlushDisplay(context.Notices, context.Errors, context.Clock)
            .CompleteAsync(upload, EndsTerminal ? exitCode : null, signals.GivenUp);
        return exitCode;
    }

    [SupportedOSPlatform("linux")]
    private async Task<int> RunAsync(TerminalUpload upload, TerminalSize size, ExecSignals signals)
    {
        (string? path, int failure) = CommandPath.Find(Program[0]);
        if (path is null)
        {
            return await RefuseAsync(upload, failure, signals);
        }

        using PseudoTerminal terminal = PseudoTerminal.Open(size, echoes: Keyboard.IsTyped, LocalTerminal.Modes);
        int error = TerminalProcess.TryStart(terminal, path, Program, Environment(), out TerminalProcess? process);
        if (process is null)
        {
            return await RefuseAsync(
                upload, error == NativeProcess.NoEntry ? CommandPath.NotFound : CommandPath.CannotRun, signals);
        }

        using var session = new ExecSession(context, upload, terminal, process);
        return await session.RunAsync(signals);
    }

    // Viewers are told too: they wait for something.
    [SupportedOSPlatform("linux")]
    private async Task<int> RefuseAsync(TerminalUpload upload, int exitCode, ExecSignals signals)
    {
        signals.Detach();
        string line = $"{Program[0]}: {(exitCode == CommandPath.NotFound ? "command not found" : "can't be run")}";
        context.Notices.Error(line);
        await upload.WriteAsync(Encoding.UTF8.GetBytes($"realtime: {line}\r\n"));
        return exitCode;
    }

    private Dictionary<string, string?> Environment()
    {
        var changes = new Dictionary<string, string?> { ["REALTIME_TASK"] = Task };
        foreach (string secret in KeepsToken ? [] : Secrets)
        {
            changes[secret] = null;
        }

        // Viewers have a terminal that can do more, even where nobody sits.
        if (System.Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb")
        {
            changes["TERM"] = "xterm-256color";
        }

        return changes;
    }
}
