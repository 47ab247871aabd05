using System.Text.Json;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Partitions;

/// <summary>One partition, by what all workers say of it.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Streams">Streams that are followed, once for each worker that does.</param>
/// <param name="Tenants">Tenants with streams that are followed: the most that one worker knows.</param>
/// <param name="Entries">Entries of the log; null if no worker knows.</param>
/// <param name="DepthMax">Entries that the slowest live reader of a stream has still to read.</param>
/// <param name="LagMax">Entries that the slowest worker has still to read.</param>
internal sealed record PartitionDocument(
    long Partition, long Streams, long Tenants, long? Entries, long DepthMax, long LagMax)
{
    public static IEnumerable<PartitionDocument> Among(IEnumerable<WorkerWord> words) =>
        words.SelectMany(word => word.List("partitions"))
            .GroupBy(one => Number(one, "partition") ?? -1)
            .OrderBy(group => group.Key)
            .Select(group => new PartitionDocument(
                group.Key,
                group.Sum(one => Number(one, "streams") ?? 0),
                group.Max(one => Number(one, "tenants") ?? 0),
                group.Max(one => Number(one, "entries")),
                group.Max(one => Number(one, "depth_max") ?? 0),
                group.Max(one => Number(one, "lag_max") ?? 0)));

    private static long? Number(JsonElement one, string name) =>
        one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out JsonElement number)
            && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long value)
            ? value
            : null;
}
