using System.Runtime.InteropServices;

namespace Realtime.Cli.Terminals;

/// <summary>
/// How libc starts and ends processes. <see cref="System.Diagnostics.Process"/> can give them no session and no
/// terminal, and leaves them the runtime's own ignored signals. Linux: the numbers are those of its headers.
/// </summary>
internal static unsafe partial class NativeProcess
{
    /// <summary>Room for a <c>posix_spawnattr_t</c> (336 bytes in glibc and musl).</summary>
    public const int AttributesBytes = 1024;

    /// <summary>Room for a <c>posix_spawn_file_actions_t</c> (80 bytes in both).</summary>
    public const int FileActionsBytes = 256;

    /// <summary>A <c>sigset_t</c>: one bit for each signal.</summary>
    public const int SignalSetBytes = 128;

    /// <summary>SIGHUP's in its first byte.</summary>
    public const byte HangUpBit = 1;

    /// <summary>Signals as in a new login (<c>SETSIGDEF</c>, <c>SETSIGMASK</c>), and a session of its own.</summary>
    public const short SpawnFlags = 0x04 | 0x08 | 0x80;

    /// <summary>Open for reading and writing; without O_NOCTTY, so that it becomes the session's terminal.</summary>
    public const int ReadWrite = 2;

    /// <summary>The file is there, but the interpreter that it names is not (ENOENT).</summary>
    public const int NoEntry = 2;

    /// <summary>The file names no interpreter (ENOEXEC).</summary>
    public const int NoExecutableFormat = 8;

    /// <summary>A call was interrupted by a signal.</summary>
    public const int Interrupted = 4;

    /// <summary>One process (P_PID), until it has ended, and leave it for a second call (WEXITED | WNOWAIT).</summary>
    public const int OneProcess = 1;

    /// <inheritdoc cref="OneProcess"/>
    public const int EndedAndKept = 0x4 | 0x1000000;

    /// <summary>Room for a <c>siginfo_t</c> (128 bytes).</summary>
    public const int SignalInfoBytes = 128;

    /// <summary>The limit of open files.</summary>
    public const int OpenFiles = 7;

    /// <summary>SIG_DFL.</summary>
    public const nint DefaultAction = 0;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int CreateAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetBlockedSignals(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int CreateFileActions(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int AddOpen(byte* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddCopy(byte* actions, int from, int to);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyFileActions(byte* actions);

    /// <summary>Starts a program; the error, or 0.</summary>
    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int Spawn(
        int* process, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitForEnd(int kind, int process, byte* information, int options);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Reap(int process, int* status, int options);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    /// <summary>Changes how a signal is handled; how it was before.</summary>
    [LibraryImport(Library, EntryPoint = "signal")]
    public static partial nint Handle(int signal, nint action);

    [LibraryImport(Library, EntryPoint = "getppid")]
    public static partial int Parent();

    /// <summary>Two 64-bit numbers on 64-bit systems: what counts, and how far it may be raised.</summary>
    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, nuint* limits);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, nuint* limits);
}
