using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using StackExchange.Redis;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>
/// Copies one tenant's streams into other partitions. Events go in the order of their append time, then of the old
/// partition; ids keep their ms and get new offsets from 1. What was stored as a latest value longer ago than retention
/// reaches takes the offsets before those of the events, as entries that were trimmed.
/// </summary>
internal sealed class TenantCopy(
    RepartitionStore store, string tenant, RedisKeys from, RedisKeys to, Func<int, Task> copied)
{
    private readonly CopyTarget[] _targets =
        [.. Enumerable.Range(0, to.Partitions).Select(_ => new CopyTarget { Epoch = Epoch.Create() })];

    // Where an old entry stands, for what names it: latest values, idempotency keys and producers' answers.
    private readonly Dictionary<(int Partition, long Offset), EntryId> _wanted = [];
    private readonly List<OldValue> _values = [];
    private readonly List<(int Partition, EntryId Id, IdempotencyKey Key)> _keys = [];
    private readonly Dictionary<(int Partition, long Offset), (int Partition, EntryId Id)> _moved = [];
    private readonly ProducerCopy _producers = new(store, tenant, from, to);

    /// <summary>Copies all of it. What an earlier attempt left there must have been deleted.</summary>
    public async Task RunAsync()
    {
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            await ReadValuesAsync(partition);
            await ReadKeysAsync(partition);
        }

        PlaceTrimmedValues(await ReadStartsAsync());
        long events = await CopyEntriesAsync();
        await WriteValuesAsync();
        await WriteKeysAsync();
        await WriteProducersAsync();
        await FinishAsync(events);
    }

    private async Task ReadValuesAsync(int partition)
    {
        RedisKey[] names = from.Of(new StreamKey(tenant, partition));
        HashEntry[] values = await store.ReadHashAsync(names[2]);
        if (values.Length == 0)
        {
            return;
        }

        Dictionary<string, double> updated = (await store.ReadWholeSetAsync(names[3]))
            .ToDictionary(entry => entry.Member, entry => entry.Score, StringComparer.Ordinal);
        foreach (HashEntry value in values)
        {
            byte[] stored = value.Value!;
            int nul = Array.IndexOf(stored, (byte)0);
            EntryId id = ToId(stored.AsSpan(0, nul));
            string key = (string)value.Name!;
            int target = TargetOf(stored.AsMemory(nul + 1));
            _values.Add(new OldValue(
                partition, id, target, key, stored[nul..], updated.GetValueOrDefault(key, id.Ms)));
            _wanted[(partition, id.Offset)] = id;
        }
    }

    private async Task ReadKeysAsync(int partition)
    {
        var stream = new StreamKey(tenant, partition);
        foreach ((string, double)[] page in (await store.ReadWholeSetAsync(from.Of(stream)[6])).Chunk(256))
        {
            foreach (IdempotencyKey key in await store.ReadKeysAsync(from.IdempotencyStart(stream), page))
            {
                EntryId id = ToId(key.Stored.AsSpan(PendingAppend.HashBytes));
                _keys.Add((partition, id, key));
                _wanted[(partition, id.Offset)] = id;
            }
        }
    }

    // The lowest ms of an entry in each new stream is not known yet; that of all entries is low enough for each.
    private async Task<long> ReadStartsAsync()
    {
        long oldest = long.MaxValue;
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            LogEntry[] first = await store.ReadEntriesAsync(LogOf(partition), EntryId.Zero);
            EntryId? start = first.Length > 0 ? first[0].Id : null;
            foreach (EntryId answered in await _producers.ReadAsync(partition, start))
            {
                _wanted[(partition, answered.Offset)] = answered;
            }

            OldValue[] trimmed = [.. _values.Where(value => value.Partition == partition
                && (start is null || value.Id < start))];
            foreach (OldValue value in trimmed)
            {
                value.IsTrimmed = true;
            }

            oldest = Math.Min(oldest, start?.Ms ?? oldest);
        }

        return oldest;
    }

    private void PlaceTrimmedValues(long oldestMs)
    {
        foreach (OldValue value in _values.Where(value => value.IsTrimmed)
            .OrderBy(value => value.Id.Ms).ThenBy(value => value.Partition).ThenBy(value => value.Id.Offset))
        {
            CopyTarget target = _targets[value.Target];
            target.Last = new EntryId(Math.Min(value.Id.Ms, oldestMs), target.Last.Offset + 1);
            _moved[(value.Partition, value.Id.Offset)] = (value.Target, target.Last);
        }
    }

    private async Task<long> CopyEntriesAsync()
    {
        var next = new PriorityQueue<OldStream, (long Ms, int Partition)>();
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            await EnterAsync(new OldStream(partition), next);
        }

        long events = 0;
        int pending = 0;
        while (next.TryDequeue(out OldStream? stream, out _))
        {
            Move(stream.Partition, stream.Page[stream.Index++]);
            events++;
            if (++pending == 512)
            {
                await FlushAsync();
                await copied(pending);
                pending = 0;
            }

            await EnterAsync(stream, next);
        }

        await FlushAsync();
        await copied(pending);
        return events;
    }

    private async Task EnterAsync(OldStream stream, PriorityQueue<OldStream, (long, int)> next)
    {
        if (stream.Index == stream.Page.Length)
        {
            EntryId after = stream.Page.Length > 0 ? stream.Page[^1].Id : EntryId.Zero;
            stream.Page = await store.ReadEntriesAsync(LogOf(stream.Partition), after);
            stream.Index = 0;
        }

        if (stream.Index < stream.Page.Length)
        {
            next.Enqueue(stream, (stream.Page[stream.Index].Id.Ms, stream.Partition));
        }
    }

    private void Move(int partition, LogEntry entry)
    {
        int index = TargetOf(entry.Envelope);
        CopyTarget target = _targets[index];
        target.Last = new EntryId(entry.Id.Ms, target.Last.Offset + 1);
        target.Pending.Add(entry with { Id = target.Last });
        if (_wanted.TryGetValue((partition, entry.Id.Offset), out EntryId id) && id == entry.Id)
        {
            _moved[(partition, entry.Id.Offset)] = (index, target.Last);
        }
    }

    private async Task FlushAsync()
    {
        foreach ((int index, CopyTarget target) in _targets.Index())
        {
            if (target.Pending.Count > 0)
            {
                await store.WriteEntriesAsync(to.Of(new StreamKey(tenant, index))[0], target.Pending);
                target.Pending.Clear();
            }
        }
    }

    private async Task WriteValuesAsync()
    {
        // Two old streams may have had the same key, set by events of different groups: the newer one stays.
        Dictionary<(int, string), (OldValue Value, EntryId Id)> newest = [];
        foreach (OldValue value in _values)
        {
            if (!_moved.TryGetValue((value.Partition, value.Id.Offset), out (int Partition, EntryId Id) place))
            {
                throw new RepartitionException(
                    "A latest value names an entry that is not there and not trimmed either; the log is damaged.");
            }

            if (!newest.TryGetValue((value.Target, value.Key), out var other) || other.Id < place.Id)
            {
                newest[(value.Target, value.Key)] = (value, place.Id);
            }
        }

        foreach (var values in newest.Values.GroupBy(one => one.Value.Target))
        {
            RedisKey[] names = to.Of(new StreamKey(tenant, values.Key));
            CopiedValue[] all =
            [
                .. values.Select(one => new CopiedValue(
                    one.Value.Key,
                    [.. Position(one.Id, values.Key), .. one.Value.Rest],
                    one.Value.At)),
            ];
            await store.WriteValuesAsync(names[2], names[3], all);
            await copied(0);
        }
    }

    // A key whose event was trimmed is not known any more: nobody can say to which partition it belongs.
    private async Task WriteKeysAsync()
    {
        var known = _keys.Where(key => _moved.ContainsKey((key.Partition, key.Id.Offset)))
            .GroupBy(key => _moved[(key.Partition, key.Id.Offset)].Partition);
        foreach (var keys in known)
        {
            var stream = new StreamKey(tenant, keys.Key);
            IdempotencyKey[] all =
            [
                .. keys.Select(key => key.Key with
                {
                    Stored =
                    [
                        .. key.Key.Stored.AsSpan(0, PendingAppend.HashBytes),
                        .. Position(_moved[(key.Partition, key.Id.Offset)].Id, keys.Key),
                    ],
                }),
            ];
            await store.WriteKeysAsync(to.Of(stream)[6], to.IdempotencyStart(stream), all);
            await copied(0);
        }
    }

    private async Task WriteProducersAsync()
    {
        await _producers.WriteAsync(
            (partition, id) => _moved.TryGetValue((partition, id.Offset), out var place) ? place.Id : null,
            target => _targets[target].Epoch);
        await copied(0);
    }

    private async Task FinishAsync(long events)
    {
        long written = 0;

        // The streams are made now: an empty one that seemed older would be taken by the first sweep, behind the
        // back of viewers who have its epoch already.
        long now = await store.ReadClockAsync();
        foreach ((int index, CopyTarget target) in _targets.Index())
        {
            var stream = new StreamKey(tenant, index);
            RedisKey[] names = to.Of(stream);
            await store.WriteMetaAsync(names[1], target.Epoch, target.Last);
            await store.AddTenantAsync(to.Streams(index), tenant, Math.Max(now, target.Last.Ms));
            written += await store.CountEntriesAsync(names[0]);
        }

        long there = 0;
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            there += await store.CountEntriesAsync(LogOf(partition));
        }

        if (written != events || there != events)
        {
            throw new RepartitionException(
                $"Of {there} events {events} were read and {written} written: something else writes to the log. "
                    + "End it, then resume or abort.");
        }
    }

    private RedisKey LogOf(int partition) => from.Of(new StreamKey(tenant, partition))[0];

    private byte[] Position(EntryId id, int target) => Encoding.ASCII.GetBytes($"{id}.{_targets[target].Epoch}");

    private int TargetOf(ReadOnlyMemory<byte> envelope) =>
        EnvelopeCodec.TryRead(envelope, out EventEnvelope? read)
            ? Partitioner.Of(tenant, read!.PartitionGroup, to.Partitions)
            : throw new RepartitionException(
                "An event is stored in a form that this version does not know. Run the version that wrote it.");

    // "<ms>-<offset>.<epoch>"
    private static EntryId ToId(ReadOnlySpan<byte> stored)
    {
        string text = Encoding.ASCII.GetString(stored);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && EntryId.TryParse(text.AsSpan(0, dot), out EntryId id)
            ? id
            : throw new RepartitionException("A position is stored in a form that this version does not know.");
    }
}
