using System.Diagnostics;

namespace Realtime.Cli.Terminals;

/// <summary>
/// A program whose terminal is a pseudo-terminal. .NET can't fork: a shell opens the terminal as the program's input,
/// output and errors, <c>setsid</c> makes it the session's own, and both are replaced by the program, so that its
/// process
/// id and exit code are those seen here.
/// </summary>
internal sealed class TerminalProcess : IDisposable
{
    private const string Script = "exec setsid --ctty --wait -- \"$@\" <\"$0\" >\"$0\" 2>&1";

    private readonly Process _process;
    private readonly Task<string> _shellErrors;

    private TerminalProcess(Process process)
    {
        _process = process;

        // The shell's own; the pipe ends when the program takes its place.
        _shellErrors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Process id of the program, of its session and of its first process group.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="terminal">Its terminal.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables to set, or with null to take away.</param>
    public static TerminalProcess Start(
        PseudoTerminal terminal, IReadOnlyList<string> command, IReadOnlyDictionary<string, string?> environment)
    {
        // Redirected, although the shell opens all three anew: else the runtime changes the modes of the local
        // terminal.
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, terminal.Path, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        using var defaults = new SignalDefaults();
        return new TerminalProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the end; the exit code, 128 + n if signal n ended it.</summary>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    /// <summary>What the shell had to say before the program took its place: nothing, if all went well.</summary>
    public Task<string> ShellErrorsAsync() => _shellErrors;

    /// <summary>Sends a signal to a process group.</summary>
    public static void Signal(int group, int signal) => _ = NativeTerminal.Signal(-group, signal);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
