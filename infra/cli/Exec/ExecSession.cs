using System.Runtime.Versioning;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Exec;

/// <summary>
/// A command on its terminal, from its start until its output has been taken:
/// <code>
///   local keys -> Keyboard -> pseudo-terminal -> command -> pseudo-terminal -> Screen -+-> local terminal
///                                                                                      +-> spool
/// </code>
/// When the command has ended the keyboard stops first, so that what is typed then is the shell's; then the screen
/// takes what is still there; then the terminal is hung up.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ExecSession : IDisposable
{
    // Between a signal that gives up and the end: what was read goes into the spool, no more.
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    private readonly CommandContext _context;
    private readonly TerminalUpload _upload;
    private readonly PseudoTerminal _terminal;
    private readonly TerminalProcess _process;
    private readonly Keyboard _keyboard;
    private readonly Screen _screen;

    /// <summary>Of a command that was started.</summary>
    public ExecSession(
        CommandContext context, TerminalUpload upload, PseudoTerminal terminal, TerminalProcess process)
    {
        _context = context;
        _upload = upload;
        _terminal = terminal;
        _process = process;
        _keyboard = new Keyboard(terminal, context.Notices, TakeSize);
        _screen = new Screen(terminal, upload, context.Clock);
    }

    /// <summary>Waits for the command's end and for the end of its output; its exit code.</summary>
    public async Task<int> RunAsync(ExecSignals signals)
    {
        signals.Attach(this);
        Task typing = _keyboard.RunAsync();
        Task showing = _screen.RunAsync();
        try
        {
            // Nobody would read what it shows: then the terminal is hung up, which ends it.
            if (await Task.WhenAny(_process.WaitAsync(), showing) == showing)
            {
                await showing;
            }

            int exitCode = await _process.WaitAsync();
            signals.Detach();
            await StopTypingAsync(typing);
            await DrainAsync(showing, signals.GivenUp);
            return exitCode;
        }
        finally
        {
            signals.Detach();
            await StopTypingAsync(typing);
            _keyboard.PutModesBack();
            _context.Notices.Release();
        }
    }

    /// <summary>Sends a signal to the command; those of keys to whoever is in its terminal's foreground.</summary>
    public void Signal(int signal, bool isKey) => _process.Signal(isKey ? _terminal.Foreground : 0, signal);

    /// <summary>Somebody drags the window's edge.</summary>
    public void TakeSize()
    {
        if (LocalTerminal.Size is { } changed)
        {
            // In this order: what the command draws for the new size comes behind it.
            _upload.Resize(changed);
            _terminal.Resize(changed);
        }
    }

    /// <summary>This process was stopped and goes on.</summary>
    public void GoOn()
    {
        _keyboard.RenewModes();
        TakeSize();
    }

    /// <summary>This process is about to end.</summary>
    public void PutModesBack() => _keyboard.PutModesBack();

    /// <inheritdoc/>
    public void Dispose()
    {
        _keyboard.Dispose();
        _screen.Dispose();
    }

    private async Task StopTypingAsync(Task typing)
    {
        _keyboard.Stop();
        await typing;
        _keyboard.LetGo();
    }

    // As long as it takes: somebody may have stopped our output, or the spool may be full and the server slow.
    private async Task DrainAsync(Task showing, CancellationToken givenUp)
    {
        _screen.Drain();
        try
        {
            await showing.WaitAsync(givenUp);
        }
        catch (OperationCanceledException) when (givenUp.IsCancellationRequested)
        {
            _screen.GiveUp();
            await Task.WhenAny(showing, Task.Delay(LastMoment, _context.Clock, CancellationToken.None));
            if (!showing.IsCompleted)
            {
                _upload.BreakOff("it was interrupted");
            }
        }
    }
}
