using Realtime.Log;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task A_tenant_that_never_used_a_partition_has_nothing_there_and_gets_nothing_by_asking()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        Assert.Equal(default, await log.DescribeAsync(Stream.Partition, Stream.Tenant, None));
        Assert.Equal(default, await log.DescribeAsync(Stream.Partition, Stream.Tenant, None));
    }

    [Fact]
    public async Task A_tenants_share_is_its_entries_and_the_depth_of_its_slowest_live_reader()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await FillAsync(log, 120);
        await log.AppendAsync(Stream with { Partition = 2 }, Events(1, 3), None);

        PartitionReport unread = await log.DescribeAsync(Stream.Partition, Stream.Tenant, None);
        await log.ReportReaderAsync(Stream, "slow", 20, None);
        await log.ReportReaderAsync(Stream, "fast", 119, None);
        PartitionReport read = await log.DescribeAsync(Stream.Partition, Stream.Tenant, None);

        Assert.Equal((1L, 120L, 0L, false), (unread.Streams, unread.Entries, unread.Depth, unread.IsPartial));
        Assert.InRange(unread.Bytes, 120 * 7, 120 * 1000);
        Assert.Equal(100, read.Depth);
        Assert.Equal(3, (await log.DescribeAsync(2, Stream.Tenant, None)).Entries);
    }

    [Fact]
    public async Task A_partition_is_the_sum_of_its_tenants_but_for_the_depth()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        PartitionReport before = await log.DescribeAsync(3, null, None);
        for (int tenant = 0; tenant < 70; tenant++)
        {
            var stream = new StreamKey($"{Stream.Tenant}-{tenant}", 3);
            await log.AppendAsync(stream, Events(1, 2), None);
        }

        await log.ReportReaderAsync(new StreamKey($"{Stream.Tenant}-7", 3), "reader", 0, None);
        PartitionReport after = await log.DescribeAsync(3, null, None);

        Assert.InRange(after.Streams - before.Streams, 70, long.MaxValue);
        Assert.InRange(after.Entries - before.Entries, 140, long.MaxValue);
        Assert.InRange(after.Depth, 2, long.MaxValue);
        Assert.True(after.Bytes > before.Bytes);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => log.DescribeAsync(Partitions, null, None));
    }
}
