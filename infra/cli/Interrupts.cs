using System.Runtime.InteropServices;

namespace Realtime.Cli;

/// <summary>
/// Ctrl+C and SIGTERM ask for an orderly end; a second one ends at once, after <see cref="Cleanup"/>, as do other
/// signals.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly DeadlySignals _deadly;

    /// <summary>Begins to listen.</summary>
    public Interrupts()
    {
        _deadly = new DeadlySignals(() => Cleanup?.Invoke(), withQuit: true);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Asked => _asked.Token;

    /// <summary>130, or 128 + the number of the other signal that came.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    /// <summary>What must be done even when it ends at once; it may be called again.</summary>
    public Action? Cleanup { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _deadly.Dispose();
        _asked.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_asked.IsCancellationRequested)
        {
            Cleanup?.Invoke();
            Environment.Exit(ExitCode);
        }

        ExitCode = context.Signal switch
        {
            PosixSignal.SIGTERM => 143,
            PosixSignal.SIGHUP => 129,
            _ => ExitCodes.Interrupted,
        };
        _asked.Cancel();
    }
}
