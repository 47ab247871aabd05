using System.Text;

namespace Realtime.Cli.Terminals;

/// <summary>A pseudo-terminal: this side writes what is typed and reads what is shown.</summary>
internal sealed unsafe class PseudoTerminal : IDisposable
{
    private const int NameBytesMax = 128;

    private readonly int _master;
    private int _isClosed;

    private PseudoTerminal(int master, string path)
    {
        _master = master;
        Path = path;
    }

    /// <summary>Path of the program's side.</summary>
    public string Path { get; }

    /// <summary>Process group in its foreground; 0 if there is none.</summary>
    public int Foreground
    {
        get
        {
            int group;
            return NativeTerminal.Control(_master, NativeTerminal.GetForeground, &group) == 0 ? group : 0;
        }
    }

    /// <summary>Makes one.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="echoes">Whether what is typed is shown.</param>
    /// <exception cref="IOException">The system gives none.</exception>
    public static PseudoTerminal Open(TerminalSize size, bool echoes)
    {
        int master = NativeTerminal.OpenMaster(NativeTerminal.OpenFlags);
        if (master < 0)
        {
            throw Descriptor.Failure("posix_openpt");
        }

        byte* name = stackalloc byte[NameBytesMax];
        if (NativeTerminal.Grant(master) != 0 || NativeTerminal.Unlock(master) != 0
            || NativeTerminal.NameOf(master, name, NameBytesMax) != 0)
        {
            IOException failure = Descriptor.Failure("ptsname_r");
            _ = NativeTerminal.Close(master);
            throw failure;
        }

        int length = new ReadOnlySpan<byte>(name, NameBytesMax).IndexOf((byte)0);
        var terminal = new PseudoTerminal(master, Encoding.ASCII.GetString(name, length));
        terminal.Resize(size);
        if (!echoes)
        {
            terminal.StopEcho();
        }

        return terminal;
    }

    /// <summary>Changes its size; the program in the foreground is told by SIGWINCH.</summary>
    public void Resize(TerminalSize size)
    {
        ushort* sizes = stackalloc ushort[4] { (ushort)size.Rows, (ushort)size.Columns, 0, 0 };
        _ = NativeTerminal.Control(_master, NativeTerminal.SetSize, sizes);
    }

    /// <summary>Reads what the program shows; 0 when nobody can write any more.</summary>
    public Task<int> ReadAsync(Memory<byte> buffer) => Descriptor.ReadAsync(_master, buffer);

    /// <summary>Types. A program that does not read holds it up.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> data) => Task.Run(() => Descriptor.Write(_master, data.Span));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _ = NativeTerminal.Close(_master);
        }
    }

    private void StopEcho()
    {
        byte[] modes = new byte[NativeTerminal.ModesBytes];
        fixed (byte* start = modes)
        {
            if (NativeTerminal.GetModes(_master, start) == 0)
            {
                LocalTerminal.Clear(modes, NativeTerminal.Echo);
                _ = NativeTerminal.SetModes(_master, NativeTerminal.WhenDrained, start);
            }
        }
    }
}
