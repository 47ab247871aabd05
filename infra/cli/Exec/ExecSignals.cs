using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Realtime.Cli.Exec;

/// <summary>
/// Signals that this process gets. Before the command runs they say that it shall not be started; while it runs they
/// are the command's; afterwards they end all waiting.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ExecSignals : IDisposable
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigQuit = 3;
    private const int SigTerm = 15;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _early = new();
    private readonly CancellationTokenSource _givenUp = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly DeadlySignals _deadly;
    private ExecSession? _session;
    private bool _isOver;
    private int _first;

    /// <summary>Begins to listen.</summary>
    public ExecSignals()
    {
        _deadly = new DeadlySignals(() => Session?.PutModesBack(), withQuit: false);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, SigInt)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => OnSignal(context, SigQuit)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, SigTerm)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => OnSignal(context, SigHup)),
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Session?.TakeSize()),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Session?.GoOn()),
        ];
    }

    /// <summary>Cancelled by a signal that came before the command was started.</summary>
    public CancellationToken Early => _early.Token;

    /// <summary>128 + that signal.</summary>
    public int EarlyExitCode => 128 + _first;

    /// <summary>Cancelled by a signal that came after the command had ended.</summary>
    public CancellationToken GivenUp => _givenUp.Token;

    private ExecSession? Session
    {
        get
        {
            lock (_gate)
            {
                return _session;
            }
        }
    }

    /// <summary>The command runs: from here on, signals are its.</summary>
    public void Attach(ExecSession session)
    {
        lock (_gate)
        {
            _session = session;
            if (_first != 0)
            {
                // It came between the last look at it and the start.
                session.Signal(_first, isKey: false);
            }
        }
    }

    /// <summary>The command is gone, or was never there: from here on, a signal gives up.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _session = null;
            _isOver = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _deadly.Dispose();
        _early.Dispose();
        _givenUp.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_session is { } session)
            {
                session.Signal(signal, isKey: signal is SigInt or SigQuit);
            }
            else if (_isOver)
            {
                _givenUp.Cancel();
            }
            else if (_first == 0)
            {
                _first = signal;
                _early.Cancel();
            }
        }
    }
}
