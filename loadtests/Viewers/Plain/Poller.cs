using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Realtime.Loadtests.Viewers.Plain;

/// <summary>
/// Waits for many sockets on one thread (<c>man 7 epoll</c>, level-triggered). The framework's own way costs a hop
/// through the thread pool and a system call more for each read, which at some 100,000 reads a second is what there is
/// of a core. Linux only.
/// </summary>
internal sealed unsafe partial class Poller : IDisposable
{
    private const int EventsMax = 256;
    private const int WaitMs = 50;
    private const int Add = 1;
    private const int Modify = 3;
    private const int Interrupted = 4;
    private const int In = 0x001;
    private const int Out = 0x004;

    // struct epoll_event { uint32_t events; uint64_t data; }: packed on x64 alone.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataAt + sizeof(long);

    private readonly Action<int, bool> _ready;
    private readonly Thread _thread;
    private readonly int _epoll = EpollCreate(0);
    private volatile bool _over;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name, as debuggers show it.</param>
    /// <param name="ready">Takes the key of a socket that is ready, and whether it may be written to; on that thread.
    /// What it throws ends the process.</param>
    public Poller(string name, Action<int, bool> ready)
    {
        _ready = ready;
        if (_epoll < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for one more, until its socket is closed; from any thread.</summary>
    public void Watch(nint socket, int key) => Control(Add, socket, key, In);

    /// <summary>Whether to wait, too, until it may be written to.</summary>
    public void WatchWriting(nint socket, int key, bool isWanted) =>
        Control(Modify, socket, key, isWanted ? In | Out : In);

    /// <summary>Ends the thread; returns once nothing is called any more.</summary>
    public void Dispose()
    {
        if (!_over)
        {
            _over = true;
            _thread.Join();
            _ = Close(_epoll);
        }
    }

    private void Control(int operation, nint socket, int key, int events)
    {
        byte* one = stackalloc byte[16];
        *(int*)one = events;
        *(long*)(one + DataAt) = key;
        if (EpollControl(_epoll, operation, (int)socket, one) < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private void Run()
    {
        byte* events = stackalloc byte[EventsMax * 16];
        while (!_over)
        {
            int count = EpollWait(_epoll, events, EventsMax, WaitMs);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }

            for (int i = 0; i < count && !_over; i++)
            {
                byte* one = events + (i * EventBytes);
                _ready((int)*(long*)(one + DataAt), (*(int*)one & Out) != 0);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int socket, byte* one);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int epoll, byte* events, int max, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
