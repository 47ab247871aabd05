using System.Globalization;
using System.Net.Sockets;
using System.Reflection;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>
/// Has what waits for a socket go on where the kernel's word is read, without a way through the thread pool: that way,
/// and the waking of a thread, cost more than all that a tunnel does with a message of a few hundred bytes. What goes
/// on there must never wait or take long, so this is for open tunnels alone.
/// </summary>
/// <remarks>
/// The framework has it for all sockets or, not publicly, for one (<c>Socket.PreferInlineCompletions</c>). Where it is
/// not as it was when this was written, tunnels go through the pool.
/// </remarks>
internal static class InlineCompletions
{
    /// <summary>
    /// How many threads read the kernel's words, by the framework's own variable: one for 30 processors if none is set,
    /// which would copy for all.
    /// </summary>
    public const string ThreadsVariable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    private static readonly Action<Socket, bool>? Set = OperatingSystem.IsLinux()
        ? typeof(Socket).GetProperty(
            "PreferInlineCompletions", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)?
            .SetMethod?.CreateDelegate<Action<Socket, bool>>()
        : null;

    /// <summary>Whether it can be had here.</summary>
    public static bool IsSupported => Set is not null;

    /// <summary>From the next wait on.</summary>
    public static void Use(Socket socket) => Set?.Invoke(socket, true);

    /// <summary>
    /// One such thread for each processor, unless the environment says otherwise. Before the first socket of a process.
    /// </summary>
    public static void UseAllProcessors()
    {
        if (IsSupported && Environment.GetEnvironmentVariable(ThreadsVariable) is null)
        {
            Environment.SetEnvironmentVariable(
                ThreadsVariable, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        }
    }
}
