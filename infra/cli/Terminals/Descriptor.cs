using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>
/// Plain reads and writes of file descriptors. The streams of <see cref="Console"/> change the terminal's modes, and
/// file streams keep a position of their own, which overwrites what others write to the same file.
/// </summary>
internal static unsafe class Descriptor
{
    public const int StandardInput = 0;
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    private const int Interrupted = 4;
    private const int InputOutputError = 5;
    private const int WouldBlock = 11;
    private const int BrokenPipe = 32;

    // Written in pieces, so that a peer that is slow is no reason to pin much.
    private const int WriteBytesMax = 64 * 1024;

    /// <summary>
    /// Reads what is there, or waits for some; 0 at the end. It can't be cancelled: a read that is no longer wanted
    /// ends with the process.
    /// </summary>
    public static Task<int> ReadAsync(int descriptor, Memory<byte> buffer) =>
        Task.Run(() => Read(descriptor, buffer.Span));

    /// <summary>The same, waiting on this thread. A terminal that was hung up is at its end.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint length = NativeTerminal.Read(descriptor, start, (nuint)buffer.Length);
                if (length >= 0)
                {
                    return (int)length;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Interrupted or WouldBlock:
                        break;
                    case InputOutputError:
                        return 0;
                    default:
                        throw Failure("read");
                }
            }
        }
    }

    /// <summary>Writes all of it, waiting on this thread while the other side is slow.</summary>
    /// <exception cref="OutputGoneException">Nobody reads it any more.</exception>
    /// <exception cref="IOException">It can't be written: the disk is full, as a rule.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            int written = 0;
            while (written < data.Length)
            {
                nint length = NativeTerminal.Write(
                    descriptor, start + written, (nuint)Math.Min(data.Length - written, WriteBytesMax));
                if (length >= 0)
                {
                    written += (int)length;
                }
                else if (Marshal.GetLastPInvokeError() is var error and not (Interrupted or WouldBlock))
                {
                    throw error == BrokenPipe ? new OutputGoneException() : Failure("write");
                }
            }
        }
    }

    /// <summary>The last error of a call, with its text.</summary>
    public static IOException Failure(string call)
    {
        var failure = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{call}: {failure.Message}", failure);
    }
}
