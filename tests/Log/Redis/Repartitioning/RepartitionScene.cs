using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis.Repartitioning;

/// <summary>A log of random events of some tenants, and what must be in it whatever the number of partitions.</summary>
internal sealed class RepartitionScene(RedisServer server, int seed)
{
    private static readonly ReadOnlyMemory<byte> Nil = new byte[] { 0xc0 };

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, List<string>> _orders = [];
    private readonly Dictionary<(string Tenant, string Key), string> _latest = [];
    private readonly List<(string Tenant, string Group, EventAppend Append)> _keyed = [];
    private readonly NumberedGroups _numbered = new();
    private int _serial;

    public static string[] Tenants { get; } = ["acme", "beta", "gamma-3", "d"];

    public LogOptions OptionsOf(int partitions) => Options(server.Endpoint) with { Partitions = partitions };

    /// <summary>Appends random events, single ones and batches, and notes what was acknowledged.</summary>
    public async Task FillAsync(int partitions, int batches)
    {
        await using RedisLog log = Create(OptionsOf(partitions));
        for (int i = 0; i < batches; i++)
        {
            string tenant = Tenants[_random.Next(Tenants.Length)];
            string group = $"agent-{_random.Next(12)}";
            var stream = new StreamKey(tenant, Partitioner.Of(tenant, group, partitions));
            EventAppend[] batch = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Next(tenant, group))];
            AppendResult result = await log.AppendAsync(stream, batch, None);
            Assert.All(result.Outcomes, outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        }
    }

    /// <summary>Everything is there, in the order of its group, in the right partition; and so are the latest
    /// values, the idempotency keys and whole histories.</summary>
    public async Task VerifyAsync(int partitions)
    {
        await using RedisLog log = Create(OptionsOf(partitions));
        await log.CheckAsync(None);
        var found = new Dictionary<string, List<string>>();
        var latest = new Dictionary<(string, string), string>();
        foreach (string tenant in Tenants)
        {
            for (int partition = 0; partition < partitions; partition++)
            {
                await CollectAsync(log, new StreamKey(tenant, partition), partitions, found, latest);
            }
        }

        Assert.Equal(
            _orders.OrderBy(order => order.Key).SelectMany(order => order.Value),
            found.OrderBy(order => order.Key).SelectMany(order => order.Value));
        Assert.Equal(
            _latest.OrderBy(value => value.Key.ToString(), StringComparer.Ordinal),
            latest.OrderBy(value => value.Key.ToString(), StringComparer.Ordinal));
        await _numbered.VerifyAsync(log, partitions);
        foreach ((string tenant, string group, EventAppend append) in _keyed)
        {
            var stream = new StreamKey(tenant, Partitioner.Of(tenant, group, partitions));
            AppendOutcome again = (await log.AppendAsync(stream, [append], None)).Outcomes[0];
            Assert.Equal(AppendStatus.Duplicate, again.Status);
            EntryId id = again.Position.Entry;
            EventReadBack read = await log.ReadBackAsync(
                stream, again.Position with { Entry = id with { Offset = id.Offset + 1 } }, ReadLimit.Default,
                ReadLane.Bulk, None);
            Assert.Equal(append.Envelope.ToArray(), read.Entries[0].Envelope.ToArray());
            Assert.Equal(again.Position.Entry, read.Entries[0].Id);
        }
    }

    public Repartition Repartition(Action<RepartitionProgress>? progress = null) => new(
        OptionsOf(1), TimeProvider.System, NullLogger<Repartition>.Instance, progress ?? (_ => { }));

    private static async Task CollectAsync(
        RedisLog log, StreamKey stream, int partitions, Dictionary<string, List<string>> found,
        Dictionary<(string, string), string> latest)
    {
        StreamOpening opening = await log.OpenAsync(stream, None);
        StreamCursor after = Beginning(opening.End.Epoch);
        EntryId last = EntryId.Zero;
        while (true)
        {
            EventRead read = await log.ReadAsync(stream, after, ReadLimit.Default, ReadLane.Bulk, None);
            Assert.Equal(ReadOutcome.Whole, read.Outcome);
            if (read.Entries.Count == 0)
            {
                break;
            }

            foreach (LogEntry entry in read.Entries)
            {
                Assert.True(entry.Id.Ms >= last.Ms);
                Assert.Equal(last.Offset + 1, entry.Id.Offset);
                last = entry.Id;
                EventEnvelope envelope = Decode(entry.Envelope);
                Assert.Equal(stream.Partition, Partitioner.Of(stream.Tenant, envelope.PartitionGroup, partitions));
                ListOf(found, $"{stream.Tenant}/{envelope.PartitionGroup}").Add(envelope.Type);
            }

            after = after with { Entry = last };
        }

        Assert.Equal(last, opening.End.Entry);
        foreach (StateValue value in opening.State)
        {
            Assert.Equal(opening.End.Epoch, value.Position.Epoch);
            Assert.True(value.Position.Entry <= opening.End.Entry);
            latest.Add((stream.Tenant, value.StateKey), Decode(value.Envelope).Type);
        }
    }

    private EventAppend Next(string tenant, string group)
    {
        string type = $"event.{++_serial}";
        int kind = _random.Next(6);
        string? state = kind is 0 or 1 or 4 ? $"{group}:{_random.Next(3)}" : null;
        bool deletes = state is not null && _random.Next(5) == 0;
        var output = new ArrayBufferWriter<byte>();
        EnvelopeCodec.Write(output, new EventEnvelope
        {
            Channel = Channel.Agents,
            Type = type,
            Agent = group,
            StateKey = state,
            Payload = deletes ? Nil : SampleEvents.Payload($$"""{"n":{{_serial}}}"""),
        });
        var append = new EventAppend
        {
            Envelope = output.WrittenMemory,
            StateKey = state,
            DeletesState = deletes,
            IdempotencyKey = kind == 3 ? $"key-{_serial}" : null,
        };
        ListOf(_orders, $"{tenant}/{group}").Add(type);
        if (kind >= 4)
        {
            append = _numbered.Number(tenant, group, $"producer-{kind}", append);
        }

        if (append.IdempotencyKey is not null)
        {
            _keyed.Add((tenant, group, append));
        }

        if (deletes)
        {
            _latest.Remove((tenant, state!));
        }
        else if (state is not null)
        {
            _latest[(tenant, state)] = type;
        }

        return append;
    }

    private static List<string> ListOf(Dictionary<string, List<string>> lists, string key) =>
        lists.TryGetValue(key, out List<string>? list) ? list : lists[key] = [];

    private static EventEnvelope Decode(ReadOnlyMemory<byte> stored)
    {
        Assert.True(EnvelopeCodec.TryRead(stored, out EventEnvelope? envelope));
        return envelope!;
    }
}
