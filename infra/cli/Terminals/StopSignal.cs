using Microsoft.Win32.SafeHandles;

namespace Realtime.Cli.Terminals;

/// <summary>
/// Ends waits for descriptors, which nothing else can: an <c>eventfd</c> that stands beside them in <c>poll</c>. Once
/// set it stays set.
/// </summary>
internal sealed unsafe class StopSignal : IDisposable
{
    private readonly SafeFileHandle _event;

    public StopSignal()
    {
        int descriptor = NativeTerminal.CreateEvent(0, NativeTerminal.EventFlags);
        _event = descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Descriptor.Failure("eventfd");
    }

    /// <summary>Whether it is set.</summary>
    public bool IsSet { get; private set; }

    /// <summary>What stands in <c>poll</c>.</summary>
    public SafeFileHandle Handle => _event;

    /// <summary>Ends all waits, those that come too.</summary>
    public void Set()
    {
        IsSet = true;
        ulong one = 1;
        Descriptor.Write(_event, new ReadOnlySpan<byte>(&one, sizeof(ulong)));
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
