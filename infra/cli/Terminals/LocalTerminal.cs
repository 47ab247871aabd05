using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>
/// The terminal at which somebody sits: asked for its size, and put into other modes for a while. Disposing puts the
/// modes back.
/// </summary>
internal sealed unsafe class LocalTerminal : IDisposable
{
    private readonly byte[] _before;
    private readonly bool _discardsInput;
    private int _isRestored;

    private LocalTerminal(byte[] before, bool discardsInput)
    {
        _before = before;
        _discardsInput = discardsInput;
    }

    /// <summary>Whether a descriptor is a terminal.</summary>
    public static bool Is(int descriptor) => NativeTerminal.IsTerminal(descriptor) == 1;

    /// <summary>The size of the terminal that output or input is; null if there is none, or it does not know.</summary>
    public static TerminalSize? Size =>
        SizeOf(Descriptor.StandardOutput) ?? SizeOf(Descriptor.StandardInput) ?? SizeOf(Descriptor.StandardError);

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
        modes => Clear(modes, NativeTerminal.LineEditing | NativeTerminal.Echo), discardsInput: true);

    /// <summary>Turns flags of <c>c_lflag</c> off.</summary>
    public static void Clear(byte[] modes, uint flags)
    {
        Span<byte> local = modes.AsSpan(NativeTerminal.LocalModesOffset);
        MemoryMarshal.Write(local, MemoryMarshal.Read<uint>(local) & ~flags);
    }

    /// <summary>Puts the modes back; again does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRestored, 1) != 0)
        {
            return;
        }

        fixed (byte* modes = _before)
        {
            _ = NativeTerminal.SetModes(Descriptor.StandardInput, NativeTerminal.WhenDrained, modes);
        }

        if (_discardsInput)
        {
            _ = NativeTerminal.Discard(Descriptor.StandardInput, NativeTerminal.Input);
        }
    }

    private static LocalTerminal? Enter(Action<byte[]> change, bool discardsInput)
    {
        // Setting modes from the background would stop this process.
        int foreground;
        if (!Is(Descriptor.StandardInput)
            || (NativeTerminal.Control(Descriptor.StandardInput, NativeTerminal.GetForeground, &foreground) == 0
                && foreground != NativeTerminal.OwnGroup()))
        {
            return null;
        }

        byte[] modes = new byte[NativeTerminal.ModesBytes];
        fixed (byte* start = modes)
        {
            if (NativeTerminal.GetModes(Descriptor.StandardInput, start) != 0)
            {
                return null;
            }

            byte[] before = [.. modes];
            change(modes);
            return NativeTerminal.SetModes(Descriptor.StandardInput, NativeTerminal.WhenDrained, start) == 0
                ? new LocalTerminal(before, discardsInput)
                : null;
        }
    }

    private static TerminalSize? SizeOf(int descriptor)
    {
        ushort* size = stackalloc ushort[4];
        return NativeTerminal.Control(descriptor, NativeTerminal.GetSize, size) == 0 && size[0] > 0 && size[1] > 0
            ? new TerminalSize(Math.Min((int)size[1], TerminalSize.Max), Math.Min((int)size[0], TerminalSize.Max))
            : null;
    }
}
