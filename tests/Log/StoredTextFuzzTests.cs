using System.Text;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Log.Revocations;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Log;

/// <summary>Time-boxed damage to texts that stand in Redis: another hand, or another version, may have written them.
/// </summary>
public sealed class StoredTextFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Layouts = ["16", "16>7.1", "7.1<16"];

    [Fact]
    public void A_damaged_layout_is_one_or_none() => Fuzzing.Run(output, random =>
    {
        string text = Damaged(Layouts[random.Next(Layouts.Length)], random);
        if (RedisLayout.TryParse(text, out RedisLayout layout))
        {
            Assert.InRange(layout.InForce.Partitions, 1, 1024);
            Assert.True(RedisLayout.TryParse(layout.ToString(), out RedisLayout again), text);
            Assert.Equal(layout, again);
        }

        Assert.True(!RedisGeneration.TryParse(text, out RedisGeneration? generation)
            || generation.Value.Partitions is >= 1 and <= 1024);
    });

    [Fact]
    public void Damaged_information_is_told_or_not() => Fuzzing.Run(output, random =>
    {
        string text = Damaged("# Memory\r\nused_memory:1048576\r\nmaxmemory:0\r\nevicted_keys:3\r\n", random);
        RedisMemory? told = RedisMemoryWatch.Read("node", text);
        Assert.True(told is null || text.Contains("used_memory", StringComparison.Ordinal));
    });

    [Fact]
    public void A_damaged_revocation_is_of_another_or_none() => Fuzzing.Run(output, random =>
    {
        string text = Damaged("s:acme/ann", random);
        Assert.True(!RevocationKey.TryParse(text, out RevocationKey? key) || key.Value.ToString() == text);
    });

    [Fact]
    public void Damaged_numbers_of_a_producer_are_read_or_unknown() => Fuzzing.Run(output, random =>
    {
        string text = Damaged("3 12;12,2,1795230320701-12.k3x9qa;11,1,1-1.k3x9qa", random);
        try
        {
            Assert.NotEmpty(ProducerNumbersText.Read(text).Life);
        }
        catch (RepartitionException)
        {
            // Said to the operator; nothing is copied.
        }
    });

    [Fact]
    public void A_damaged_bell_carries_whole_events_or_only_rings() => Fuzzing.Run(output, random =>
    {
        byte[] message = Encoding.Latin1.GetBytes(
            Damaged("k3x9qa 1795230320701-11 1795230320703 5 0 12\nfirstand another", random));
        if (RedisBell.Read(message) is { } carried)
        {
            Assert.NotEmpty(carried.Entries);
            Assert.InRange(carried.Bytes, 0, message.Length);
        }
    });

    private static string Damaged(string valid, Random random) =>
        Encoding.Latin1.GetString(Mutation.Of(Encoding.Latin1.GetBytes(valid), random));
}
