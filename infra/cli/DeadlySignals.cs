using System.Runtime.InteropServices;

namespace Realtime.Cli;

/// <summary>Signals that end this process at once, as ever, but not before the terminal is as it was.</summary>
internal sealed class DeadlySignals : IDisposable
{
    // SIGUSR1, SIGUSR2 and SIGALRM have other numbers elsewhere.
    private static readonly int[] Numbers = OperatingSystem.IsLinux() ? [10, 12, 14] : [30, 31, 14];

    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to listen.</summary>
    /// <param name="cleanup">What is to be done before.</param>
    /// <param name="withQuit">Whether SIGQUIT (Ctrl+\) is one of them.</param>
    public DeadlySignals(Action cleanup, bool withQuit)
    {
        // Not cancelled: the runtime then does what the signal does by default.
        IEnumerable<PosixSignal> signals = OperatingSystem.IsWindows()
            ? []
            : Numbers.Select(number => (PosixSignal)number);
        _registrations = [.. (withQuit ? signals.Append(PosixSignal.SIGQUIT) : signals)
            .Select(signal => PosixSignalRegistration.Create(signal, _ => cleanup()))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
