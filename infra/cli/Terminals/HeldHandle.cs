using Microsoft.Win32.SafeHandles;

namespace Realtime.Cli.Terminals;

/// <summary>A handle during a call: its number is not given to another file meanwhile, even if it is closed.</summary>
internal readonly ref struct HeldHandle
{
    private readonly SafeFileHandle? _handle;

    public HeldHandle(SafeFileHandle? handle)
    {
        bool isHeld = false;
        handle?.DangerousAddRef(ref isHeld);
        _handle = handle;
    }

    /// <summary>Its number; -1 if there is none.</summary>
    public int Descriptor => _handle is null ? -1 : (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle?.DangerousRelease();
}
