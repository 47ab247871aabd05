using System.Runtime.InteropServices;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>Threads that yield to the others of this machine (<c>man 2 setpriority</c>).</summary>
internal static partial class NiceThread
{
    /// <summary>The most that a thread can yield.</summary>
    public const int NiceMax = 19;

    // PRIO_PROCESS and 0 mean the calling thread, in Linux.
    private const int Process = 0;
    private const int Self = 0;

    /// <summary>Starts one in the background.</summary>
    /// <param name="name">Its name, as debuggers show it.</param>
    /// <param name="nice">How much it yields: 0 (as others) to 19. Each step takes a fifth of its share where
    /// processors are short; where they are not, it runs like any other. Elsewhere than in Linux it has no
    /// effect.</param>
    /// <param name="run">What it does.</param>
    public static Thread Start(string name, int nice, Action run)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nice);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nice, NiceMax);
        var thread = new Thread(() =>
        {
            if (OperatingSystem.IsLinux())
            {
                // Where it may not even yield, it goes on as others do.
                _ = SetPriority(Process, Self, nice);
            }

            run();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
