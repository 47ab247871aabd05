using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>Looks at the streams of a partition for operators, a page at a time, on the bulk connection.</summary>
internal sealed class RedisDescriber(RedisConnection bulk, RedisKeys keys)
{
    private const int PageSize = 64;

    public async Task<PartitionReport> DescribeAsync(
        int partition, string? tenant, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, keys.Partitions);
        return tenant is null
            ? await DescribeAllAsync(partition, cancellationToken)
            : Add(default, await DescribeStreamAsync(new StreamKey(tenant, partition), cancellationToken));
    }

    private async Task<PartitionReport> DescribeAllAsync(int partition, CancellationToken cancellationToken)
    {
        RedisKey streams = keys.Streams(partition);
        var report = default(PartitionReport);
        for (long from = 0; from < LogLimits.DescribedStreamsMax; from += PageSize)
        {
            long to = from + PageSize - 1;
            RedisValue[] tenants = await bulk.RunAsync(
                redis => redis.GetDatabase().SortedSetRangeByRankAsync(streams, from, to), 0, cancellationToken);
            long[][] replies = await Task.WhenAll(tenants.Select(
                tenant => DescribeStreamAsync(new StreamKey((string)tenant!, partition), cancellationToken)));
            report = replies.Aggregate(report, Add);
            if (tenants.Length < PageSize)
            {
                return report;
            }
        }

        long all = await bulk.RunAsync(
            redis => redis.GetDatabase().SortedSetLengthAsync(streams), 0, cancellationToken);
        return report with { Streams = all, IsPartial = all > LogLimits.DescribedStreamsMax };
    }

    private async Task<long[]> DescribeStreamAsync(StreamKey stream, CancellationToken cancellationToken) =>
        (long[])await bulk.EvaluateAsync(
            RedisScript.Describe,
            keys.Of(stream),
            [string.Empty, stream.Tenant, (long)LogLimits.ReaderLife.TotalMilliseconds],
            0,
            cancellationToken);

    private static PartitionReport Add(PartitionReport report, long[] stream) => report with
    {
        Streams = report.Streams + stream[0],
        Entries = report.Entries + stream[1],
        Depth = Math.Max(report.Depth, stream[2]),
        Bytes = report.Bytes + stream[3],
    };
}
