using System.Globalization;

namespace Realtime.Loadtests.Measuring;

/// <summary>Reads <c>/proc/PID/status</c>; see <c>man 5 proc</c>.</summary>
internal static class ProcessStatus
{
    private const string Resident = "VmRSS:";

    /// <summary>Bytes of <c>VmRSS</c>.</summary>
    /// <exception cref="InvalidOperationException">There is no such line: a zombie, or no Linux.</exception>
    public static long ReadResidentBytes(IEnumerable<string> lines)
    {
        string line = lines.FirstOrDefault(line => line.StartsWith(Resident, StringComparison.Ordinal))
            ?? throw new InvalidOperationException("It has no memory any more (no VmRSS line): it is ending.");
        ReadOnlySpan<char> value = line.AsSpan(Resident.Length).Trim();
        const string Unit = " kB";
        return value.EndsWith(Unit)
            && long.TryParse(value[..^Unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long kib)
                ? kib * 1024
                : throw new InvalidOperationException($"'{line}' is not a number of kB.");
    }
}
