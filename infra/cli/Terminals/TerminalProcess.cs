using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>
/// A program whose terminal is a pseudo-terminal. <c>posix_spawn</c> starts it in a session of its own, with all
/// signals as they are in a new login; the first terminal that such a process opens is its session's, and that is the
/// pseudo-terminal. No shell stands between: the process id, the exit code and the environment are the program's own.
/// </summary>
internal sealed unsafe class TerminalProcess
{
    private const string Shell = "/bin/sh";

    private readonly Lock _gate = new();
    private readonly Task<int> _ended;
    private bool _isGone;

    private TerminalProcess(int id)
    {
        Id = id;
        _ended = Task.Factory.StartNew(
            WaitForEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Process id of the program, of its session and of its first process group.</summary>
    public int Id { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="terminal">Its terminal.</param>
    /// <param name="path">The program's file.</param>
    /// <param name="command">The program as it was called, and its arguments.</param>
    /// <param name="environment">Variables to set, or with null to take away.</param>
    /// <param name="started">It.</param>
    /// <returns>0, or the error's number.</returns>
    public static int TryStart(
        PseudoTerminal terminal, string path, IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string?> environment, out TerminalProcess? started)
    {
        ChildSignal.Heed();
        IReadOnlyList<byte[]> variables = ProcessEnvironment.With(environment);
        (int error, int id) = OpenFilesLimit.With(() => Spawn(terminal.Path, path, command, variables));
        if (error == NativeProcess.NoExecutableFormat)
        {
            // Without a first line that names its interpreter: a script of the shell, as shells take it.
            (error, id) = OpenFilesLimit.With(
                () => Spawn(terminal.Path, Shell, [Shell, path, .. command.Skip(1)], variables));
        }

        started = error == 0 ? new TerminalProcess(id) : null;
        return error;
    }

    /// <summary>Waits for the end; the exit code, 128 + n if signal n ended it.</summary>
    public Task<int> WaitAsync() => _ended;

    /// <summary>Sends a signal to a process group; not once it is gone, when its number may be another's.</summary>
    /// <param name="group">The group; 0 = the program's first one.</param>
    /// <param name="signal">The signal.</param>
    public void Signal(int group, int signal)
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _ = NativeProcess.Signal(-(group > 0 ? group : Id), signal);
            }
        }
    }

    private static (int Error, int Id) Spawn(
        string terminal, string path, IReadOnlyList<string> command, IReadOnlyList<byte[]> environment)
    {
        byte* attributes = stackalloc byte[NativeProcess.AttributesBytes];
        byte* actions = stackalloc byte[NativeProcess.FileActionsBytes];
        byte* signals = stackalloc byte[NativeProcess.SignalSetBytes];
        using var paths = new NativeText([path]);
        using var terminals = new NativeText([terminal]);
        using var arguments = new NativeText(command);
        using var variables = new NativeText(environment);
        _ = NativeProcess.CreateAttributes(attributes);
        _ = NativeProcess.CreateFileActions(actions);
        try
        {
            // All, also those that libc keeps for itself; the runtime ignores SIGPIPE, shells SIGINT and SIGQUIT in the
            // background. Only what `nohup` ignores stays ignored.
            new Span<byte>(signals, NativeProcess.SignalSetBytes).Fill(0xFF);
            signals[0] &= 0xFF ^ NativeProcess.HangUpBit;
            _ = NativeProcess.SetDefaultSignals(attributes, signals);
            new Span<byte>(signals, NativeProcess.SignalSetBytes).Clear();
            _ = NativeProcess.SetBlockedSignals(attributes, signals);
            _ = NativeProcess.SetFlags(attributes, NativeProcess.SpawnFlags);
            int error = NativeProcess.AddOpen(
                actions, Descriptor.StandardInput, terminals.First, NativeProcess.ReadWrite, 0);
            error = error != 0 ? error
                : NativeProcess.AddCopy(actions, Descriptor.StandardInput, Descriptor.StandardOutput);
            error = error != 0 ? error
                : NativeProcess.AddCopy(actions, Descriptor.StandardInput, Descriptor.StandardError);
            int id = 0;
            error = error != 0 ? error
                : NativeProcess.Spawn(&id, paths.First, actions, attributes, arguments.List, variables.List);
            return (error, id);
        }
        finally
        {
            _ = NativeProcess.DestroyFileActions(actions);
            _ = NativeProcess.DestroyAttributes(attributes);
        }
    }

    // First only looked at, then taken away under the lock: in between nobody can be given its number.
    private int WaitForEnd()
    {
        byte* information = stackalloc byte[NativeProcess.SignalInfoBytes];
        while (NativeProcess.WaitForEnd(
                NativeProcess.OneProcess, Id, information, NativeProcess.EndedAndKept) != 0
            && Marshal.GetLastPInvokeError() == NativeProcess.Interrupted)
        {
            // Again.
        }

        lock (_gate)
        {
            _isGone = true;
            int status;
            return NativeProcess.Reap(Id, &status, 0) != Id ? ExitCodes.ExecFailed
                : (status & 0x7F) == 0 ? (status >> 8) & 0xFF
                : 128 + (status & 0x7F);
        }
    }
}
