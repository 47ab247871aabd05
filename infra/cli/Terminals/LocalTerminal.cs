namespace Realtime.Cli.Terminals;

/// <summary>
/// The terminal at which somebody sits: asked for its size, and put into other modes for a while. Disposing puts the
/// modes back.
/// </summary>
internal sealed unsafe class LocalTerminal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<byte[]> _change;
    private readonly bool _discardsInput;
    private byte[] _before;
    private byte[] _changed = [];
    private bool _isRestored;

    private LocalTerminal(byte[] before, Action<byte[]> change, bool discardsInput)
    {
        _before = before;
        _change = change;
        _discardsInput = discardsInput;
    }

    /// <summary>Whether a descriptor is a terminal.</summary>
    public static bool Is(int descriptor) => NativeTerminal.IsTerminal(descriptor) == 1;

    /// <summary>The size of the terminal that output or input is; null if there is none, or it does not know.</summary>
    public static TerminalSize? Size =>
        SizeOf(Descriptor.StandardOutput) ?? SizeOf(Descriptor.StandardInput) ?? SizeOf(Descriptor.StandardError);

    /// <summary>
    /// Whether input is a terminal that is ours for now: reading it from the background, or changing its modes, would
    /// stop this process. Linux: elsewhere the numbers of these calls are others.
    /// </summary>
    public static bool IsForeground
    {
        get
        {
            int foreground;
            return OperatingSystem.IsLinux() && Is(Descriptor.StandardInput)
                && (NativeTerminal.Control(Descriptor.StandardInput, NativeTerminal.GetForeground, &foreground) != 0
                    || foreground == NativeTerminal.OwnGroup());
        }
    }

    /// <summary>Its modes; null if input is no terminal, or one whose foreground is another program's.</summary>
    public static byte[]? Modes => IsForeground ? TerminalModes.Of(Descriptor.StandardInput) : null;

    /// <summary>Keys go to the program as they are typed: nothing is echoed, Ctrl+C is a byte.</summary>
    /// <returns>Null if input is no terminal, or one whose foreground is another program's.</returns>
    public static LocalTerminal? EnterRaw() => Enter(
        modes =>
        {
            fixed (byte* start = modes)
            {
                NativeTerminal.MakeRaw(start);
            }
        },
        discardsInput: false);

    /// <summary>
    /// Keys are not echoed, Ctrl+C works as ever. What the terminal answers to questions in the bytes shown is thrown
    /// away, else the shell would take it for typed.
    /// </summary>
    /// <returns>Null if input is no terminal, or one whose foreground is another program's.</returns>
    public static LocalTerminal? EnterSilent() => Enter(
        modes => TerminalModes.ClearLocal(modes, NativeTerminal.LineEditing | NativeTerminal.Echo),
        discardsInput: true);

    /// <summary>
    /// Changes the modes again if this process was stopped and goes on: meanwhile the shell had its own.
    /// </summary>
    public void Renew()
    {
        lock (_gate)
        {
            if (!_isRestored && Modes is { } modes && !modes.AsSpan().SequenceEqual(_changed))
            {
                _before = modes;
                Change();
            }
        }
    }

    /// <summary>
    /// Keys are as before already, and Ctrl+C ends what it is meant to end. Output goes out as it is for a while: what
    /// a program on a terminal of its own wrote has been through that one's modes.
    /// </summary>
    public void PutInputBack()
    {
        lock (_gate)
        {
            if (!_isRestored && IsForeground)
            {
                byte[] modes = [.. _before];
                TerminalModes.ClearOutput(modes, NativeTerminal.ProcessOutput);
                TerminalModes.Set(Descriptor.StandardInput, modes);
            }
        }
    }

    /// <summary>Puts the modes back; again does nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            // In the background the terminal is the shell's, and so are its modes.
            if (_isRestored || !IsForeground)
            {
                return;
            }

            _isRestored = true;
            TerminalModes.Set(Descriptor.StandardInput, _before);
            if (_discardsInput)
            {
                _ = NativeTerminal.Discard(Descriptor.StandardInput, NativeTerminal.Input);
            }
        }
    }

    private static LocalTerminal? Enter(Action<byte[]> change, bool discardsInput)
    {
        if (Modes is not { } before)
        {
            return null;
        }

        var terminal = new LocalTerminal(before, change, discardsInput);
        return terminal.Change() ? terminal : null;
    }

    private bool Change()
    {
        byte[] modes = [.. _before];
        _change(modes);
        bool isChanged = TerminalModes.Set(Descriptor.StandardInput, modes);
        _changed = TerminalModes.Of(Descriptor.StandardInput) ?? modes;
        return isChanged;
    }

    private static TerminalSize? SizeOf(int descriptor)
    {
        ushort* size = stackalloc ushort[4];
        return NativeTerminal.Control(descriptor, NativeTerminal.GetSize, size) == 0 && size[0] > 0 && size[1] > 0
            ? new TerminalSize(Math.Min((int)size[1], TerminalSize.Max), Math.Min((int)size[0], TerminalSize.Max))
            : null;
    }
}
