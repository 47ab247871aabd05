using System.Runtime.InteropServices;

namespace Realtime.Devhost;

/// <summary>
/// SIGTERM, Ctrl-C and a closed terminal ask for an orderly end; a second one ends at once. If the orderly end takes
/// too long, the process ends all the same: who waits for it was promised 5 s.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private const int ExitCodeForced = 130; // 128 + SIGINT, as shells tell it

    // Of the 5 s promised, the rest is for the runtime's own end.
    private static readonly TimeSpan OrderlyEndMax = TimeSpan.FromSeconds(4.5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly PosixSignalRegistration[] _registrations;
    private ITimer? _deadline;
    private int _asked;

    /// <summary>Begins to listen.</summary>
    public StopSignals(TimeProvider time)
    {
        _time = time;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _deadline?.Dispose();
        _stopping.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _asked, 1) == 1)
        {
            Environment.Exit(ExitCodeForced);
        }

        _deadline = _time.CreateTimer(_ => EndNow(), null, OrderlyEndMax, Timeout.InfiniteTimeSpan);
        _stopping.Cancel();
    }

    private static void EndNow()
    {
        Console.Error.WriteLine($"Not all parts ended within {OrderlyEndMax.TotalSeconds} s; ending without them.");
        Environment.Exit(0);
    }
}
