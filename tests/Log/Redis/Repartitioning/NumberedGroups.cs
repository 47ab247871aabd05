using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis.Repartitioning;

/// <summary>What producers with numbers know of their events: with which number each was stored.</summary>
internal sealed class NumberedGroups
{
    private readonly Dictionary<(string Tenant, string Group, string Producer), List<EventAppend>> _stored = [];

    /// <summary>Gives an event the producer's next number.</summary>
    public EventAppend Number(string tenant, string group, string producer, EventAppend append)
    {
        if (!_stored.TryGetValue((tenant, group, producer), out List<EventAppend>? stored))
        {
            stored = _stored[(tenant, group, producer)] = [];
        }

        EventAppend numbered = append with
        {
            IdempotencyKey = null,
            Producer = new ProducerNumber(producer, group, Epoch: 7, stored.Count + 1),
        };
        stored.Add(numbered);
        return numbered;
    }

    /// <summary>Each of them is known: what comes again is a duplicate that stands where it is said to stand, what
    /// comes too early is told the next number, and an earlier life is refused.</summary>
    public async Task VerifyAsync(RedisLog log, int partitions)
    {
        Assert.NotEmpty(_stored);
        foreach (((string tenant, string group, string producer), List<EventAppend> stored) in _stored)
        {
            var stream = new StreamKey(tenant, Partitioner.Of(tenant, group, partitions));
            int known = 0;
            foreach (EventAppend append in stored)
            {
                AppendOutcome again = (await log.AppendAsync(stream, [append], None)).Outcomes[0];
                Assert.Equal(AppendStatus.Duplicate, again.Status);
                if (again.Position != default)
                {
                    known++;
                    await StandsAsync(log, stream, again.Position, append);
                }
            }

            // Sixteen answers at least, each of one event or more; the scene takes none from them.
            Assert.True(known >= Math.Min(16, stored.Count), $"{known} of {stored.Count} answers are known.");
            AppendOutcome early = await AppendAsync(7, stored.Count + 2);
            Assert.Equal((AppendStatus.ProducerGap, stored.Count + 1), (early.Status, early.ExpectedSeq));
            Assert.Equal(AppendStatus.StaleProducer, (await AppendAsync(6, stored.Count + 1)).Status);

            async Task<AppendOutcome> AppendAsync(long epoch, long seq) => (await log.AppendAsync(
                stream,
                [Event("x") with { Producer = new ProducerNumber(producer, group, epoch, seq) }],
                None)).Outcomes[0];
        }
    }

    private static async Task StandsAsync(RedisLog log, StreamKey stream, StreamCursor position, EventAppend append)
    {
        EntryId id = position.Entry;
        EventReadBack read = await log.ReadBackAsync(
            stream, position with { Entry = id with { Offset = id.Offset + 1 } }, ReadLimit.Default, ReadLane.Bulk,
            None);
        Assert.Equal((ReadOutcome.Whole, id), (read.Outcome, read.Entries[0].Id));
        Assert.Equal(append.Envelope.ToArray(), read.Entries[0].Envelope.ToArray());
    }
}
