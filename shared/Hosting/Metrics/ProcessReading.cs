using System.Diagnostics;
using System.Globalization;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// What the system says of this process: read at most once a second, however many ask. On other systems than Linux what
/// only <c>/proc</c> tells is 0.
/// </summary>
internal sealed class ProcessReading(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Process _process = Process.GetCurrentProcess();
    private long _readAt;
    private (long Virtual, long Private, long Resident, int Threads, int Handles) _last;

    public static double CpuSeconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Since 1970.</summary>
    public double StartSeconds =>
        new DateTimeOffset(_process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;

    public long VirtualBytes => Read().Virtual;

    public long PrivateBytes => Read().Private;

    public long ResidentBytes => Read().Resident;

    public int Threads => Read().Threads;

    public int Handles => Read().Handles;

    /// <summary>Files and sockets that may be open; 0 = not known.</summary>
    public long HandlesMax { get; } = ReadHandlesMax();

    public void Dispose() => _process.Dispose();

    private (long Virtual, long Private, long Resident, int Threads, int Handles) Read()
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (_readAt == 0 || clock.GetElapsedTime(_readAt, now) >= Freshness)
            {
                _process.Refresh();
                _last = (
                    _process.VirtualMemorySize64, _process.PrivateMemorySize64, _process.WorkingSet64,
                    _process.Threads.Count, _process.HandleCount);
                _readAt = now;
            }

            return _last;
        }
    }

    private static long ReadHandlesMax()
    {
        try
        {
            // "Max open files            1048576              1048576              files": the first one is in force.
            const string Name = "Max open files";
            string? line = File.ReadLines("/proc/self/limits")
                .FirstOrDefault(static one => one.StartsWith(Name, StringComparison.Ordinal));
            string? number = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(number, CultureInfo.InvariantCulture, out long max) ? max : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
