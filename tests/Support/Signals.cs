using System.Diagnostics;
using System.Globalization;

namespace Realtime.Tests.Support;

/// <summary>Sends signals to processes, by their id.</summary>
internal static class Signals
{
    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int pid) => Send("TERM", pid);

    /// <summary>Stops a process where it stands, as if it hung.</summary>
    public static void Stop(int pid) => Send("STOP", pid);

    /// <summary>Lets a stopped process go on.</summary>
    public static void Continue(int pid) => Send("CONT", pid);

    /// <summary>Ends a process without asking.</summary>
    public static void Kill(int pid) => Send("KILL", pid);

    /// <summary>Whether a process runs (one that ended but was not waited for yet does not).</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The children of a process, theirs included.</summary>
    public static IReadOnlyList<int> DescendantsOf(int pid)
    {
        ILookup<int, int> children = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => (Parent: ParentOf(name!), Pid: int.Parse(name!, CultureInfo.InvariantCulture)))
            .ToLookup(found => found.Parent, found => found.Pid);
        var found = new List<int>();
        var next = new Queue<int>([pid]);
        while (next.TryDequeue(out int parent))
        {
            foreach (int child in children[parent])
            {
                found.Add(child);
                next.Enqueue(child);
            }
        }

        return found;
    }

    private static int ParentOf(string pid)
    {
        try
        {
            // pid (name, which may hold anything) state ppid …
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }

    /// <summary>Sends a signal by its name.</summary>
    public static void Send(string signal, int pid)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
