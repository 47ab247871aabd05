using System.Runtime.InteropServices;

namespace Realtime.Hosting.Processes;

/// <summary>
/// Counts the orders to end (SIGTERM, SIGINT). The first is the host's: it drains and ends. Who orders again doesn't
/// want to wait: the process leaves at once.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="leave">Ends the process with a code, without another step.</param>
internal sealed class EndOrders(TimeProvider clock, Action<int> leave) : IDisposable
{
    // A shell's convention: 128 and the signal's number.
    private const int InterruptedCode = 128 + 2;
    private const int TerminatedCode = 128 + 15;

    // One order may come twice: a supervisor tells the whole process group, and a parent in it (`dotnet run`, a shell)
    // passes on what it was told.
    private static readonly TimeSpan SameOrder = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private long? _firstAt;

    /// <summary>Begins to listen, beside the host.</summary>
    public void Listen()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Take));
    }

    /// <summary>Takes one order.</summary>
    public void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            _firstAt ??= now;
            if (clock.GetElapsedTime(_firstAt.Value, now) < SameOrder)
            {
                return;
            }
        }

        leave(context.Signal == PosixSignal.SIGINT ? InterruptedCode : TerminatedCode);
    }

    public void Dispose() => _registrations.ForEach(static one => one.Dispose());
}
