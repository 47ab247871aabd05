using System.Diagnostics.Metrics;
using System.Text.Json;
using Realtime.Hosting.Metrics;

namespace Realtime.Hosting.Files;

/// <summary>Files that changed while the process runs.</summary>
public sealed class WatchedFileMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Realtime.Files";

    private readonly Counter<long> _changes;

    /// <summary>Makes the counter.</summary>
    public WatchedFileMetrics(IMeterFactory meters) => _changes = meters.Create(MeterName).CreateCounter<long>(
        "realtime_watched_file_changes_total", "{change}",
        "Changes of files that are read while the process runs, by configuration key and by what became of them.",
            Labels.Named("file", "outcome"));

    /// <summary>Counts one; the name is a configuration key.</summary>
    internal void Changed(string name, FileChange change) => _changes.Add(
        1, new("file", name), new("outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(change.ToString())));
}
