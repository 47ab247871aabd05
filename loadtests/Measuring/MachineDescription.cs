using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Realtime.Loadtests.Measuring;

/// <summary>Where figures come from: without it they say little.</summary>
internal sealed record MachineDescription
{
    [JsonPropertyName("cpu")]
    public required string Cpu { get; init; }

    [JsonPropertyName("cores")]
    public required int Cores { get; init; }

    [JsonPropertyName("memory_mib")]
    public required long MemoryMib { get; init; }

    [JsonPropertyName("os")]
    public required string System { get; init; }

    [JsonPropertyName("kernel")]
    public required string Kernel { get; init; }

    [JsonPropertyName("dotnet")]
    public required string Dotnet { get; init; }

    /// <summary>
    /// Work that waited for a core in the last minute when the run began; above the number of cores, it shared them.
    /// </summary>
    [JsonPropertyName("load_average_1m")]
    public required double LoadAverage { get; init; }

    /// <summary>Reads this machine's.</summary>
    public static MachineDescription Read() => new()
    {
        Cpu = FirstValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Cores = Environment.ProcessorCount,
        MemoryMib = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024),
        System = RuntimeInformation.OSDescription,
        Kernel = FirstLine("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.VersionString,
        Dotnet = RuntimeInformation.FrameworkDescription,
        LoadAverage = double.TryParse(
            FirstLine("/proc/loadavg")?.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture,
            out double load) ? load : 0,
    };

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cpu}, {Cores} cores, {MemoryMib} MiB, kernel {Kernel}, {Dotnet}, load average {LoadAverage:0.0} at start");

    private static string? FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault() : null;

    private static string? FirstValue(string path, string key) => File.Exists(path)
        ? File.ReadLines(path)
            .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim(' ', '\t', ':')
        : null;
}
