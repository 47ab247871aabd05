using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Realtime.Cli.Terminals;

/// <summary>
/// A pseudo-terminal: this side writes what is typed and reads what is shown. The program's side is kept open here too,
/// until <see cref="LetGo"/>: a program may close all it has and open its terminal again later.
/// </summary>
internal sealed unsafe class PseudoTerminal : IDisposable
{
    private const int NameBytesMax = 128;

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _programSide;

    private PseudoTerminal(SafeFileHandle master, SafeFileHandle programSide, string path)
    {
        _master = master;
        _programSide = programSide;
        Path = path;
    }

    /// <summary>Path of the program's side.</summary>
    public string Path { get; }

    /// <summary>Process group in its foreground; 0 if there is none.</summary>
    public int Foreground
    {
        get
        {
            using var held = new HeldHandle(_master);
            int group;
            return NativeTerminal.Control(held.Descriptor, NativeTerminal.GetForeground, &group) == 0 ? group : 0;
        }
    }

    /// <summary>Whether what is typed is handed on line by line: a line has at most 4095 bytes then.</summary>
    public bool HandsOnLines
    {
        get
        {
            using var held = new HeldHandle(_master);
            return TerminalModes.Of(held.Descriptor) is { } modes
                && TerminalModes.HasLocal(modes, NativeTerminal.LineEditing);
        }
    }

    /// <summary>Makes one.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="echoes">Whether what is typed is shown.</param>
    /// <param name="like">Modes of a terminal that it shall have too; null = the usual ones, for UTF-8.</param>
    /// <exception cref="IOException">The system gives none.</exception>
    public static PseudoTerminal Open(TerminalSize size, bool echoes, byte[]? like = null)
    {
        var master = new SafeFileHandle(
            NativeTerminal.OpenMaster(NativeTerminal.OpenFlags | NativeTerminal.WithoutWaiting), ownsHandle: true);
        if (master.IsInvalid)
        {
            throw Descriptor.Failure("posix_openpt");
        }

        using var held = new HeldHandle(master);
        byte* name = stackalloc byte[NameBytesMax];
        if (NativeTerminal.Grant(held.Descriptor) != 0 || NativeTerminal.Unlock(held.Descriptor) != 0
            || NativeTerminal.NameOf(held.Descriptor, name, NameBytesMax) != 0)
        {
            throw Failure("ptsname_r", master);
        }

        int programSide = NativeTerminal.Open(name, NativeTerminal.OpenFlags);
        if (programSide < 0)
        {
            throw Failure("open", master);
        }

        var terminal = new PseudoTerminal(
            master, new SafeFileHandle(programSide, ownsHandle: true), Marshal.PtrToStringUTF8((nint)name)!);
        terminal.Resize(size);
        TerminalModes.Begin(programSide, like, echoes);
        return terminal;
    }

    /// <summary>Changes its size; the program in the foreground is told by SIGWINCH.</summary>
    public void Resize(TerminalSize size)
    {
        using var held = new HeldHandle(_master);
        ushort* sizes = stackalloc ushort[4] { (ushort)size.Rows, (ushort)size.Columns, 0, 0 };
        _ = NativeTerminal.Control(held.Descriptor, NativeTerminal.SetSize, sizes);
    }

    /// <summary>Waits for something that the program shows.</summary>
    public Task<Readiness> WaitAsync(StopSignal? stop, TimeSpan? patience) =>
        Task.Run(() => Descriptor.Wait(_master, NativeTerminal.Readable, stop, patience));

    /// <summary>Reads what the program shows; 0 when nobody can write any more.</summary>
    public Task<int> ReadAsync(Memory<byte> buffer) => Task.Run(() => Descriptor.Read(_master, buffer.Span));

    /// <summary>Types, waiting on this thread while the program does not read.</summary>
    /// <returns>False if it was stopped.</returns>
    public bool Write(ReadOnlySpan<byte> data, StopSignal? stop = null) => Descriptor.Write(_master, data, stop);

    /// <summary>The program is gone: the end is where nobody else has the terminal open any more.</summary>
    public void LetGo() => _programSide.Dispose();

    /// <summary>Hangs up: whoever still has it is told by SIGHUP.</summary>
    public void Dispose()
    {
        _programSide.Dispose();
        _master.Dispose();
    }

    private static IOException Failure(string call, SafeFileHandle master)
    {
        IOException failure = Descriptor.Failure(call);
        master.Dispose();
        return failure;
    }
}
