using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>What libc offers for terminals, and .NET does not. Linux: the numbers are those of its headers.</summary>
internal static unsafe partial class NativeTerminal
{
    /// <summary>Open for reading and writing, not as this process's terminal, not in children (fcntl.h).</summary>
    public const int OpenFlags = 0x2 | 0x100 | 0x80000;

    /// <summary>Reads and writes don't wait; <see cref="Poll"/> does.</summary>
    public const int WithoutWaiting = 0x800;

    /// <summary>Not in children, and never waits (EFD_CLOEXEC | EFD_NONBLOCK).</summary>
    public const int EventFlags = 0x80000 | 0x800;

    /// <summary>POLLIN and POLLOUT (poll.h).</summary>
    public const short Readable = 1;

    /// <inheritdoc cref="Readable"/>
    public const short Writable = 4;

    /// <summary>Read and set the size of a terminal (asm-generic/ioctls.h).</summary>
    public const nuint GetSize = 0x5413;

    /// <inheritdoc cref="GetSize"/>
    public const nuint SetSize = 0x5414;

    /// <summary>Which process group is in the foreground of a terminal.</summary>
    public const nuint GetForeground = 0x540F;

    /// <summary>
    /// Room for a <c>termios</c>, whose size differs between C libraries (60 bytes in glibc and musl).
    /// </summary>
    public const int ModesBytes = 256;

    /// <summary>Where <c>c_iflag</c> stands in it, <c>c_oflag</c> and <c>c_lflag</c>.</summary>
    public const int InputModesOffset = 0;

    /// <inheritdoc cref="InputModesOffset"/>
    public const int OutputModesOffset = 4;

    /// <inheritdoc cref="InputModesOffset"/>
    public const int LocalModesOffset = 12;

    /// <summary><c>OPOST</c>: line ends are made, and the like.</summary>
    public const uint ProcessOutput = 0x1;

    /// <summary><c>IUTF8</c>: the key that takes back a character takes back all of its bytes.</summary>
    public const uint InputIsUtf8 = 0x4000;

    /// <summary><c>ISIG | ICANON | ECHO</c> (asm-generic/termbits.h).</summary>
    public const uint SignalKeys = 0x1;

    /// <inheritdoc cref="SignalKeys"/>
    public const uint LineEditing = 0x2;

    /// <inheritdoc cref="SignalKeys"/>
    public const uint Echo = 0x8;

    /// <summary>Change modes now: what was written before has been through them, and may never go out.</summary>
    public const int Now = 0;

    /// <summary>Throw away what was typed and not read.</summary>
    public const int Input = 0;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenMaster(int flags);

    [LibraryImport(Library, EntryPoint = "grantpt", SetLastError = true)]
    public static partial int Grant(int master);

    [LibraryImport(Library, EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int Unlock(int master);

    [LibraryImport(Library, EntryPoint = "ptsname_r", SetLastError = true)]
    public static partial int NameOf(int master, byte* name, nuint length);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetModes(int descriptor, byte* modes);

    [LibraryImport(Library, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetModes(int descriptor, int when, byte* modes);

    [LibraryImport(Library, EntryPoint = "tcflush", SetLastError = true)]
    public static partial int Discard(int descriptor, int queue);

    [LibraryImport(Library, EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(byte* modes);

    [LibraryImport(Library, EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(Library, EntryPoint = "getpgrp")]
    public static partial int OwnGroup();

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);
}
