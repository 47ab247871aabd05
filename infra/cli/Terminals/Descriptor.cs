using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

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
    private const int BrokenPipe = 32;

    // Written in pieces, so that a peer that is slow is no reason to pin much.
    private const int WriteBytesMax = 64 * 1024;

    // A pipe that poll calls ready has room for so many (PIPE_BUF): a write of no more does not wait.
    private const int ReadyBytesMax = 4096;

    private static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;

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

                int error = Marshal.GetLastPInvokeError();
                if (error == InputOutputError)
                {
                    return 0;
                }

                Recover("read", error, descriptor, NativeTerminal.Readable, null);
            }
        }
    }

    /// <inheritdoc cref="Read(int, Span{byte})"/>
    public static int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        using var held = new HeldHandle(handle);
        return Read(held.Descriptor, buffer);
    }

    /// <summary>Writes all of it, waiting on this thread while the other side is slow.</summary>
    /// <param name="descriptor">Where to.</param>
    /// <param name="data">What.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <returns>False if it was stopped before all was written.</returns>
    /// <exception cref="OutputGoneException">The other side is gone.</exception>
    /// <exception cref="IOException">It can't be written: the disk is full, or the like.</exception>
    public static bool Write(int descriptor, ReadOnlySpan<byte> data, StopSignal? stop = null)
    {
        int pieceMax = stop is null ? WriteBytesMax : ReadyBytesMax;
        fixed (byte* start = data)
        {
            int written = 0;
            while (written < data.Length)
            {
                if (stop is not null && Wait(descriptor, NativeTerminal.Writable, stop) == Readiness.Stopped)
                {
                    return false;
                }

                nint length = NativeTerminal.Write(
                    descriptor, start + written, (nuint)Math.Min(data.Length - written, pieceMax));
                if (length >= 0)
                {
                    written += (int)length;
                }
                else
                {
                    Recover("write", Marshal.GetLastPInvokeError(), descriptor, NativeTerminal.Writable, stop);
                }
            }
        }

        return true;
    }

    /// <inheritdoc cref="Write(int, ReadOnlySpan{byte}, StopSignal?)"/>
    public static bool Write(SafeFileHandle handle, ReadOnlySpan<byte> data, StopSignal? stop = null)
    {
        using var held = new HeldHandle(handle);
        return Write(held.Descriptor, data, stop);
    }

    /// <summary>Waits on this thread until a descriptor can be read or written without waiting.</summary>
    /// <param name="descriptor">The descriptor; -1 = wait only for the stop, or the time.</param>
    /// <param name="events"><see cref="NativeTerminal.Readable"/> or <see cref="NativeTerminal.Writable"/>.</param>
    /// <param name="stop">Ends the waiting, and comes first.</param>
    /// <param name="patience">How long; null = as long as it takes.</param>
    public static Readiness Wait(int descriptor, short events, StopSignal? stop, TimeSpan? patience = null)
    {
        using var held = new HeldHandle(stop?.Handle);
        var entries = stackalloc PollEntry[2]
        {
            new PollEntry { Descriptor = descriptor, Events = events },
            new PollEntry { Descriptor = held.Descriptor, Events = NativeTerminal.Readable },
        };
        int milliseconds = patience is { } limit ? (int)limit.TotalMilliseconds : -1;
        while (true)
        {
            int count = NativeTerminal.Poll(entries, 2, milliseconds);
            if (count >= 0)
            {
                return entries[1].Returned != 0 ? Readiness.Stopped
                    : count > 0 ? Readiness.Ready
                    : Readiness.TimedOut;
            }

            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failure("poll");
            }
        }
    }

    /// <inheritdoc cref="Wait(int, short, StopSignal?, TimeSpan?)"/>
    public static Readiness Wait(SafeFileHandle handle, short events, StopSignal? stop, TimeSpan? patience = null)
    {
        using var held = new HeldHandle(handle);
        return Wait(held.Descriptor, events, stop, patience);
    }

    /// <summary>The last error of a call, with its text.</summary>
    public static IOException Failure(string call)
    {
        var failure = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{call}: {failure.Message}", failure);
    }

    // Returns if the call may be made again. Descriptors that don't wait by themselves are made so by others, who share
    // the open file: node, ssh, make.
    private static void Recover(string call, int error, int descriptor, short events, StopSignal? stop)
    {
        if (error == WouldBlock)
        {
            Wait(descriptor, events, stop);
        }
        else if (error == BrokenPipe)
        {
            throw new OutputGoneException();
        }
        else if (error != Interrupted)
        {
            throw Failure(call);
        }
    }
}
