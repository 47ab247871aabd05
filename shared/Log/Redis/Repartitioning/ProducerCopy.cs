using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>
/// Copies the numbers of one tenant's producers, so that each goes on with its next one, and is told of what it sends
/// again where it stands now. Answers whose entries retention took are forgotten.
/// </summary>
internal sealed class ProducerCopy(RepartitionStore store, string tenant, RedisKeys from, RedisKeys to)
{
    private readonly List<OldProducer> _producers = [];

    /// <summary>Reads those of an old stream.</summary>
    /// <param name="partition">The stream's partition.</param>
    /// <param name="first">Its first entry that is there.</param>
    /// <returns>The entries of which it must be known where they come to stand.</returns>
    public async Task<IReadOnlyList<EntryId>> ReadAsync(int partition, EntryId? first)
    {
        RedisKey[] names = from.Of(new StreamKey(tenant, partition));
        HashEntry[] numbers = await store.ReadHashAsync(names[8]);
        if (numbers.Length == 0)
        {
            return [];
        }

        Dictionary<string, double> last = (await store.ReadWholeSetAsync(names[9]))
            .ToDictionary(entry => entry.Member, entry => entry.Score, StringComparer.Ordinal);
        List<EntryId> wanted = [];
        foreach (HashEntry one in numbers)
        {
            string field = (string)one.Name!;
            (string life, OldAnswer[] answers) = ProducerNumbersText.Read((string)one.Value!);
            string group = field[(field.IndexOf('/', StringComparison.Ordinal) + 1)..];
            OldAnswer[] standing = [.. answers.Select(answer => Rest(answer, first)).Where(answer => answer.Count > 0)];
            _producers.Add(new OldProducer(
                partition, Partitioner.Of(tenant, group, to.Partitions), field, life, standing,
                last.GetValueOrDefault(field)));
            wanted.AddRange(standing.Select(answer => answer.Id));
        }

        return wanted;
    }

    /// <summary>Writes them all.</summary>
    /// <param name="moved">Where an entry of an old partition stands now.</param>
    /// <param name="epochs">The lives of the new streams.</param>
    public async Task WriteAsync(Func<int, EntryId, EntryId?> moved, Func<int, Epoch> epochs)
    {
        foreach (var producers in _producers.GroupBy(one => one.Target))
        {
            RedisKey[] names = to.Of(new StreamKey(tenant, producers.Key));
            Epoch epoch = epochs(producers.Key);
            await store.WriteHashAsync(
                names[8], [.. producers.Select(one => new HashEntry(one.Field, Packed(one, epoch)))]);
            await store.AddToSetAsync(names[9], [.. producers.Select(one => (one.Field, one.At))]);
        }

        // The entries of an answer are of one group and one time, so they stand side by side in the new stream too.
        string Packed(OldProducer producer, Epoch epoch)
        {
            List<OldAnswer> answers = [];
            foreach (OldAnswer answer in producer.Answers)
            {
                if (moved(producer.Partition, answer.Id) is { } id)
                {
                    answers.Add(answer with { Id = id });
                }
            }

            return ProducerNumbersText.Write(producer.Life, answers, epoch);
        }
    }

    // What of an answer is still there.
    private static OldAnswer Rest(OldAnswer answer, EntryId? first)
    {
        long gone = first is { } id ? Math.Clamp(id.Offset - answer.Id.Offset, 0, answer.Count) : answer.Count;
        return new OldAnswer(
            answer.Seq + gone, answer.Count - gone, answer.Id with { Offset = answer.Id.Offset + gone });
    }
}
