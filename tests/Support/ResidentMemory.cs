using System.Globalization;

namespace Realtime.Tests.Support;

/// <summary>Memory of a process that is in RAM, by <c>/proc/PID/status</c> (<c>man 5 proc</c>).</summary>
/// <param name="Now">Bytes now (<c>VmRSS</c>).</param>
/// <param name="Peak">The most it ever had (<c>VmHWM</c>): the kernel keeps it, so nothing between two looks is
/// missed.</param>
internal readonly record struct ResidentMemory(long Now, long Peak)
{
    public static ResidentMemory Of(int pid)
    {
        string[] lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"));
        return new ResidentMemory(BytesOf(lines, "VmRSS:"), BytesOf(lines, "VmHWM:"));
    }

    private static long BytesOf(string[] lines, string name)
    {
        string value = lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];
        Assert.EndsWith(" kB", value, StringComparison.Ordinal);
        return long.Parse(value[..^3], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024;
    }
}
