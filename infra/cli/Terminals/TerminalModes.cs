using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>The modes of a terminal, as libc keeps them.</summary>
internal static unsafe class TerminalModes
{
    /// <summary>Those that a terminal has; null if it is none.</summary>
    public static byte[]? Of(int descriptor)
    {
        byte[] modes = new byte[NativeTerminal.ModesBytes];
        fixed (byte* start = modes)
        {
            return NativeTerminal.GetModes(descriptor, start) == 0 ? modes : null;
        }
    }

    /// <summary>Gives them to a terminal.</summary>
    public static bool Set(int descriptor, byte[] modes)
    {
        fixed (byte* start = modes)
        {
            return NativeTerminal.SetModes(descriptor, NativeTerminal.Now, start) == 0;
        }
    }

    /// <summary>The modes with which a new terminal begins.</summary>
    public static void Begin(int descriptor, byte[]? like, bool echoes)
    {
        if ((like is null ? Of(descriptor) : [.. like]) is not { } modes)
        {
            return;
        }

        if (like is null)
        {
            Span<byte> input = modes.AsSpan(NativeTerminal.InputModesOffset);
            MemoryMarshal.Write(input, MemoryMarshal.Read<uint>(input) | NativeTerminal.InputIsUtf8);
        }

        if (!echoes)
        {
            ClearLocal(modes, NativeTerminal.Echo);
        }

        Set(descriptor, modes);
    }

    /// <summary>Whether flags of <c>c_lflag</c> are on.</summary>
    public static bool HasLocal(byte[] modes, uint flags) =>
        (MemoryMarshal.Read<uint>(modes.AsSpan(NativeTerminal.LocalModesOffset)) & flags) == flags;

    /// <summary>Turns flags of <c>c_lflag</c> off.</summary>
    public static void ClearLocal(byte[] modes, uint flags) => Clear(modes, NativeTerminal.LocalModesOffset, flags);

    /// <summary>Turns flags of <c>c_oflag</c> off.</summary>
    public static void ClearOutput(byte[] modes, uint flags) => Clear(modes, NativeTerminal.OutputModesOffset, flags);

    private static void Clear(byte[] modes, int offset, uint flags)
    {
        Span<byte> group = modes.AsSpan(offset);
        MemoryMarshal.Write(group, MemoryMarshal.Read<uint>(group) & ~flags);
    }
}
