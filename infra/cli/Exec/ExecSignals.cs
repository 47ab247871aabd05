using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Realtime.Cli.Terminals;

namespace Realtime.Cli.Exec;

/// <summary>
/// Signals that this process gets while it runs a command are meant for the command. Afterwards they end the waiting
/// for
/// the upload.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ExecSignals : IDisposable
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigQuit = 3;
    private const int SigTerm = 15;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _givenUp = new();
    private readonly PosixSignalRegistration[] _registrations;
    private TerminalProcess? _process;
    private PseudoTerminal? _terminal;
    private Action? _resized;
    private int _early;

    /// <summary>Begins to listen.</summary>
    public ExecSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, SigInt)),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => OnSignal(context, SigQuit)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, SigTerm)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => OnSignal(context, SigHup)),
        PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => OnResized()),
    ];

    /// <summary>From here on, a signal ends the waiting for the upload.</summary>
    public CancellationToken GiveUp() => _givenUp.Token;

    /// <summary>From here on, signals are the command's.</summary>
    public void Attach(TerminalProcess process, PseudoTerminal terminal, Action resized)
    {
        lock (_gate)
        {
            _process = process;
            _terminal = terminal;
            _resized = resized;
            if (_early != 0)
            {
                TerminalProcess.Signal(process.Id, _early);
            }
        }
    }

    /// <summary>The command is gone.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _process = null;
            _terminal = null;
            _resized = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _givenUp.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_process is null)
            {
                _early = signal;
                _givenUp.Cancel();
                return;
            }

            // Keys reach whoever is in the foreground, such as the program that a shell runs.
            int foreground = signal is SigInt or SigQuit ? _terminal!.Foreground : 0;
            TerminalProcess.Signal(foreground > 0 ? foreground : _process.Id, signal);
        }
    }

    private void OnResized()
    {
        lock (_gate)
        {
            _resized?.Invoke();
        }
    }
}
