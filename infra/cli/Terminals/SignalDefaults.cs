using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>
/// While it stands, programs that are started don't inherit that signals are ignored. Shells ignore SIGINT and SIGQUIT
/// in what they put into the background, and the runtime ignores SIGPIPE: on a terminal of its own a program wants
/// neither. What <c>nohup</c> ignores stays ignored.
/// </summary>
/// <remarks>
/// .NET starts programs with handled signals at their default and ignored ones ignored. So those that are ignored here
/// are handled for a moment, by a function that does nothing: at their default they could end this process.
/// </remarks>
internal sealed unsafe class SignalDefaults : IDisposable
{
    // SIG_IGN; it stands first in a `sigaction`, whose size (152 bytes in glibc and musl) we need not know.
    private const nint Ignored = 1;
    private const int ActionBytes = 512;

    // SIGINT, SIGQUIT, SIGPIPE.
    private static readonly int[] Signals = [2, 3, 13];

    // Of libc: takes a number, and may be called anywhere.
    private static readonly nint Nothing = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "abs");

    private readonly List<(int Signal, byte[] Action)> _before = [];

    /// <summary>Begins.</summary>
    public SignalDefaults()
    {
        foreach (int signal in Signals)
        {
            byte[] action = new byte[ActionBytes];
            fixed (byte* start = action)
            {
                if (NativeTerminal.Handle(signal, null, start) != 0 || *(nint*)start != Ignored)
                {
                    continue;
                }

                _before.Add((signal, [.. action]));
                *(nint*)start = Nothing;
                _ = NativeTerminal.Handle(signal, start, null);
            }
        }
    }

    /// <summary>Ignores again what was ignored.</summary>
    public void Dispose()
    {
        foreach ((int signal, byte[] action) in _before)
        {
            fixed (byte* start = action)
            {
                _ = NativeTerminal.Handle(signal, start, null);
            }
        }
    }
}
