using Realtime.Log;

namespace Realtime.Tests.Log;

public sealed class PartitionerTests
{
    // Fixed for ever: another number would send the events of a group to another stream.
    [Theory]
    [InlineData("demo", "a1", 16, 12)]
    [InlineData("demo", "a2", 16, 2)]
    [InlineData("demo", "agents", 16, 3)]
    [InlineData("acme", "a1", 1024, 679)]
    public void Known_names_keep_their_partition(string tenant, string group, int partitions, int expected) =>
        Assert.Equal(expected, Partitioner.Of(tenant, group, partitions));

    [Fact]
    public void The_border_between_tenant_and_group_counts()
    {
        int[] one = [.. Enumerable.Range(0, 64).Select(i => Partitioner.Of($"t{i}", "1a", 1024))];
        int[] other = [.. Enumerable.Range(0, 64).Select(i => Partitioner.Of($"t{i}1", "a", 1024))];

        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Groups_spread_evenly()
    {
        int[] counts = new int[16];
        for (int i = 0; i < 16_000; i++)
        {
            counts[Partitioner.Of("demo", $"agent-{i}", 16)]++;
        }

        // 1,000 expected; six standard deviations are 184.
        Assert.All(counts, c => Assert.InRange(c, 816, 1184));
    }

    [Fact]
    public void Normal_names_are_hashed_without_allocation()
    {
        string longest = new('x', 128);
        Partitioner.Of(longest, longest, 16);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            Partitioner.Of(longest, longest, 16);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Longer_names_are_hashed_too() =>
        Assert.InRange(Partitioner.Of(new string('x', 5000), "ä€", 16), 0, 15);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Fewer_than_one_partition_is_refused(int partitions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Partitioner.Of("demo", "a1", partitions));
}
