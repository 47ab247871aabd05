using System.Globalization;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log.Redis;

/// <summary>The slots of partitions: computed as Redis does, and balanced over clusters of any size.</summary>
public sealed class RedisSlotsTests
{
    // Computed apart from the code, by a few lines of Python.
    private static readonly string[] SixteenTags =
    [
        "p0c", "p1ab", "p2bb", "p3", "p4db", "p5da", "p6d", "p7fa",
        "p8fd", "p9fc", "p10c", "p11dc", "p12fa", "p13fb", "p14ac", "p15ad",
    ];

    [Fact]
    public async Task Slots_are_those_that_Redis_computes()
    {
        await using RedisServer node = await RedisServer.StartAsync(
            more: ["--cluster-enabled", "yes", "--cluster-port", $"{RedisServer.FreePort()}"]);
        string[] tags = ["123456789", "a", "p7", "t:acme/task-1", "q:ä", .. RedisSlots.TagsOf(16)];

        foreach (string tag in tags)
        {
            string slot = await node.CommandAsync("CLUSTER", "KEYSLOT", $"rt:{{{tag}}}:acme:log");
            Assert.Equal(slot, RedisSlots.Of(tag).ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void The_tags_of_sixteen_partitions_never_change() => Assert.Equal(
        SixteenTags, RedisSlots.TagsOf(16));

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(128)]
    [InlineData(1024)]
    public void Every_partition_has_a_tag_of_its_own_in_its_own_range(int partitions)
    {
        string[] tags = RedisSlots.TagsOf(partitions);

        Assert.Equal(partitions, tags.Distinct().Count());
        Assert.All(tags.Index(), tag => Assert.InRange(
            RedisSlots.Of(tag.Item), tag.Index * 16384 / partitions, ((tag.Index + 1) * 16384 / partitions) - 1));
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(16, 6)]
    [InlineData(16, 9)]
    [InlineData(64, 6)]
    [InlineData(128, 3)]
    [InlineData(128, 6)]
    [InlineData(128, 9)]
    public void Nodes_that_share_the_slots_equally_share_the_partitions_too(int partitions, int nodes)
    {
        // As redis-cli --cluster create divides them.
        int[] slots = [.. RedisSlots.TagsOf(partitions).Select(RedisSlots.Of)];
        int[] held =
        [
            .. Enumerable.Range(0, nodes).Select(node => slots.Count(slot =>
                slot >= node * RedisSlots.Count / nodes && slot < (node + 1) * RedisSlots.Count / nodes)),
        ];

        // A partition at the border of two nodes may fall to either, so each border adds one at most.
        Assert.Equal(partitions, held.Sum());
        Assert.InRange(held.Max() - held.Min(), 0, 2);
        Assert.InRange(held.Max(), 1, (partitions / nodes) + 2);
    }

    // Tasks and tenants are named by clients: nothing chooses their slots but the hash. With N names on k nodes the sum
    // of (held - expected)^2 / expected is chi-square with k - 1 degrees of freedom: mean k - 1, variance 2 (k - 1).
    // Six standard deviations are for hashes that are not random.
    [Theory]
    [InlineData("t:acme/task-{0}", 3)]
    [InlineData("t:acme/task-{0}", 6)]
    [InlineData("t:acme/task-{0}", 9)]
    [InlineData("t:tenant-{1}/build-{0}-linux", 3)]
    [InlineData("t:tenant-{1}/build-{0}-linux", 6)]
    [InlineData("t:tenant-{1}/build-{0}-linux", 9)]
    [InlineData("t:acme/{2}", 3)]
    [InlineData("t:acme/{2}", 6)]
    [InlineData("t:acme/{2}", 9)]
    [InlineData("q:tenant-{0}", 3)]
    [InlineData("q:tenant-{0}", 6)]
    [InlineData("q:tenant-{0}", 9)]
    [InlineData("q:{2}", 3)]
    [InlineData("q:{2}", 6)]
    [InlineData("q:{2}", 9)]
    public void Terminals_and_budgets_of_tenants_are_spread_over_nodes_as_chance_would(string form, int nodes)
    {
        const int Names = 20_000;
        int[] held = new int[nodes];
        for (int i = 0; i < Names; i++)
        {
            string identifier = new Guid(i, 7, 7, 1, 2, 3, 4, 5, 6, 7, (byte)(i * 31)).ToString("N");
            string tag = string.Format(CultureInfo.InvariantCulture, form, i, i % 40, identifier);
            held[RedisSlots.Of(tag) * nodes / RedisSlots.Count]++;
        }

        double expected = (double)Names / nodes;
        double chiSquare = held.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(chiSquare, 0, nodes - 1 + (6 * Math.Sqrt(2 * (nodes - 1))));
    }

    [Fact]
    public void Keys_of_terminals_and_budgets_have_the_tags_that_are_counted_here()
    {
        var terminal = new TerminalKey("acme", "task-1");
        Assert.All(RedisKeys.Of(terminal), key => Assert.StartsWith("rt:{t:acme/task-1}:", (string)key!));
        Assert.StartsWith("rt:{q:acme}:", RedisKeys.TerminalsOf("acme"));
        Assert.StartsWith("rt:{q:acme}:", (string)RedisKeys.LeasesOf("acme")!);
    }
}
