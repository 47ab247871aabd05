using System.Globalization;
using Realtime.Log;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_producers_retry_and_however_they_crash_all_is_stored_once_and_in_order(int seed)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Random random = new(seed);
        string[] groups = ["g1", "g2", "g3"];
        List<NumberingProducer> lives = [];
        for (int step = 0; step < 8; step++)
        {
            // A crash: the next life begins while the one before may still be sending, and a zombie comes back.
            lives.Add(new NumberingProducer(log, Stream, 100 + step, random.Next()));
            IEnumerable<NumberingProducer> active = lives.Where(life =>
                life == lives[^1] || random.Next(3) == 0);
            await Task.WhenAll(active.ToList().Select(life => Task.Run(() => life.PublishAsync(groups, 12))));
        }

        string[][] stored = [.. Texts(await ReadAllAsync(log, await BeginningAsync(log))).Select(t => t.Split(' '))];
        Assert.All(groups, group => CheckGroup(group, stored.Where(e => e[0] == group), lives));
        Assert.All(groups, group => Assert.True(lives[^1].Acknowledged.GetValueOrDefault(group) > 0));
        Assert.Contains(lives, life => life.IsStale);
    }

    private static void CheckGroup(string group, IEnumerable<string[]> stored, List<NumberingProducer> lives)
    {
        (long Epoch, long Seq)[] numbers = [.. stored.Select(e => (Number(e[1]), Number(e[2])))];

        // Lives follow each other, and each counts from one, without a hole and without a number twice.
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(
            pair.Second.Epoch > pair.First.Epoch
                ? pair.Second.Seq == 1
                : pair.Second == pair.First with { Seq = pair.First.Seq + 1 },
            $"{group}: {pair.First} is followed by {pair.Second}"));
        Assert.Equal(1, numbers[0].Seq);
        foreach (NumberingProducer life in lives)
        {
            long acknowledged = life.Acknowledged.GetValueOrDefault(group);
            Assert.True(acknowledged <= numbers.Count(n => n.Epoch == life.Epoch), $"{group}: {life.Epoch} lost some");
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
