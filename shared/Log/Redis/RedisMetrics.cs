using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Realtime.Hosting.Metrics;

namespace Realtime.Log.Redis;

/// <summary>How Redis does, as this process sees it.</summary>
internal sealed class RedisMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Redis";

    private readonly Histogram<double> _seconds;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _connects;
    private readonly ConcurrentDictionary<string, Func<bool>> _connections = [];
    private IReadOnlyList<RedisMemory> _memory = [];

    public RedisMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _seconds = meter.CreateHistogram<double>(
            "realtime_redis_command_duration_seconds", "s",
            "Time from a command or script to its answer, by connection: live (appends, tails) or bulk (history).",
            Labels.Named("lane"), advice: Buckets.Latency);
        _errors = meter.CreateCounter<long>(
            "realtime_redis_errors_total", "{command}", "Commands without an answer, by connection and reason.",
            Labels.Named("lane", "reason"));
        _connects = meter.CreateCounter<long>(
            "realtime_redis_connects_total", "{connect}", "Times a connection was there, anew or again.",
            Labels.Named("lane"));
        meter.CreateObservableGauge(
            "realtime_redis_connected", Connections, "{connection}", "1 while the connection to Redis is there.",
            Labels.Named("lane"));
        meter.CreateObservableGauge(
            "realtime_redis_memory_used_bytes", () => Memory(static one => one.UsedBytes), "By",
            "used_memory of each primary, by its address; looked at every 15 s.", Labels.Named("node"));
        meter.CreateObservableGauge(
            "realtime_redis_memory_max_bytes", () => Memory(static one => one.MaxBytes), "By",
            "maxmemory of each primary; 0 = no limit but the machine's.", Labels.Named("node"));
        meter.CreateObservableCounter(
            "realtime_redis_evicted_keys_total", () => Memory(static one => one.EvictedKeys), "{key}",
            "Keys that the primary deleted to make room, since its start: each of them may be a stream.",
            Labels.Named("node"));
    }

    /// <summary>What was last seen of each primary's memory.</summary>
    public void MemoryIs(IReadOnlyList<RedisMemory> nodes) => Volatile.Write(ref _memory, nodes);

    /// <summary>Observes a connection: 1 while it is there.</summary>
    public void Watch(string lane, Func<bool> isUp) => _connections[lane] = isUp;

    public void Answered(string lane, TimeSpan took) => _seconds.Record(took.TotalSeconds, Lane(lane));

    public void Failed(string lane, LogUnavailableReason reason) => _errors.Add(
        1, Lane(lane), new("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())));

    public void Connected(string lane) => _connects.Add(1, Lane(lane));

    private static KeyValuePair<string, object?> Lane(string lane) => new("lane", lane);

    private IEnumerable<Measurement<int>> Connections() =>
        _connections.Select(static one => new Measurement<int>(one.Value() ? 1 : 0, Lane(one.Key)));

    private IEnumerable<Measurement<long>> Memory(Func<RedisMemory, long> select) =>
        Volatile.Read(ref _memory).Select(one =>
            new Measurement<long>(select(one), new KeyValuePair<string, object?>("node", one.Node)));
}
