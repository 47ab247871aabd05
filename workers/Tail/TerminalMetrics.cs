using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Tail;

/// <summary>What this worker does with terminals.</summary>
internal sealed class TerminalMetrics
{
    public const string Name = "Realtime.Terminals";

    private static readonly KeyValuePair<string, object?> Live = new("kind", "live");
    private static readonly KeyValuePair<string, object?> History = new("kind", "history");
    private static readonly KeyValuePair<string, object?> Batch = new("of", "batch");
    private static readonly KeyValuePair<string, object?> Slice = new("of", "slice");

    private readonly Counter<long> _reads;
    private readonly Counter<long> _readBytes;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _compressions;
    private readonly Counter<long> _compressedFrom;
    private readonly Counter<long> _compressedTo;
    private readonly Counter<long> _evictions;
    private readonly UpDownCounter<long> _held;
    private readonly UpDownCounter<long> _waiting;

    public TerminalMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _reads = meter.CreateCounter<long>(
            "realtime_terminal_reads_total", "{read}",
            "Reads of terminal bytes from the log, for all viewers together.",
            Labels.Named("kind"));
        _readBytes = meter.CreateCounter<long>(
            "realtime_terminal_read_bytes_total", "By", "Terminal bytes read from the log, for all viewers together.",
            Labels.Named("kind"));
        _batches = meter.CreateCounter<long>(
            "realtime_terminal_batches_total", "{batch}", "Batches cut, by what they are of.",
            Labels.Named("kind"));
        _compressions = meter.CreateCounter<long>(
            "realtime_terminal_compressions_total", "{compression}",
            "Compressions, of whole batches or of slices of them.",
            Labels.Named("of"));
        _compressedFrom = meter.CreateCounter<long>(
            "realtime_terminal_compression_in_bytes_total", "By", "Bytes that were compressed.");
        _compressedTo = meter.CreateCounter<long>(
            "realtime_terminal_compression_out_bytes_total", "By",
            "Bytes that came of it; those that did not shrink count whole.");
        _evictions = meter.CreateCounter<long>(
            "realtime_terminal_evictions_total", "{batch}",
            "Batches let go of for newer ones, by the bound that was reached.",
            Labels.Named("bound"));
        _held = meter.CreateUpDownCounter<long>(
            "realtime_terminal_held_bytes", "By", "Bytes of batches in memory, with what was made of them.");
        _waiting = meter.CreateUpDownCounter<long>(
            "realtime_terminal_reads_waiting", "{read}", "Reads of history that wait for their turn.");
    }

    public void Read(bool isLive, long bytes)
    {
        _reads.Add(1, isLive ? Live : History);
        _readBytes.Add(bytes, isLive ? Live : History);
    }

    public void Cut(bool isLive, int batches) => _batches.Add(batches, isLive ? Live : History);

    /// <summary>Counts a compression; <paramref name="to"/> is 0 if the bytes did not shrink.</summary>
    public void Compressed(bool isWhole, int from, int to)
    {
        _compressions.Add(1, isWhole ? Batch : Slice);
        _compressedFrom.Add(from);
        _compressedTo.Add(to == 0 ? from : to);
    }

    public void Evicted(bool isTotal) =>
        _evictions.Add(1, new KeyValuePair<string, object?>("bound", isTotal ? "worker" : "terminal"));

    public void Held(long change) => _held.Add(change);

    public void ReadWaits(int change) => _waiting.Add(change);
}
