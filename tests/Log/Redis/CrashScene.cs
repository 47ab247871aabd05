using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>A primary with a replica, a producer that numbers, and a viewer that follows as tails do.</summary>
internal sealed class CrashScene : IAsyncDisposable
{
    private readonly List<EntryId> _recent = [];
    private StreamCursor _position;
    private long _life = 1;
    private long _seq;

    private CrashScene(RedisServer primary, RedisServer replica)
    {
        Primary = primary;
        Replica = replica;
        LogOptions options = Impatient(primary.Endpoint);
        Log = Create(options with
        {
            Redis = options.Redis with { Endpoints = [primary.Endpoint, replica.Endpoint] },
        });
    }

    public RedisServer Primary { get; }

    public RedisServer Replica { get; }

    /// <summary>The one that takes events now.</summary>
    public RedisServer Present => Primary.IsRunning ? Primary : Replica;

    public RedisLog Log { get; }

    public HashSet<string> Acknowledged { get; } = [];

    public List<string> Seen { get; } = [];

    public int GapsTold { get; private set; }

    public int ProducerGaps { get; private set; }

    public static async Task<CrashScene> StartAsync(RedisPersistence persistence)
    {
        RedisServer primary = await RedisServer.StartAsync(persistence);
        RedisServer replica = await RedisServer.StartAsync(replicaOf: primary.Port);
        var scene = new CrashScene(primary, replica);
        await BackAsync(scene.Log);
        scene._position = Beginning((await scene.Log.OpenAsync(Events, None)).End.Epoch);
        return scene;
    }

    /// <summary>Publishes until so many more are acknowledged: again what was not answered, from one in a new life if
    /// numbers are missing.</summary>
    public async Task PublishAsync(int count)
    {
        for (int acknowledged = 0; acknowledged < count;)
        {
            string text = $"{_life}/{_seq + 1}";
            var number = new ProducerNumber("p", "g", _life, _seq + 1);
            AppendResult result;
            try
            {
                result = await Log.AppendAsync(Events, [Event(text) with { Producer = number }], None);
            }
            catch (LogUnavailableException)
            {
                await BackAsync(Log);
                continue;
            }

            switch (result.Outcomes[0].Status)
            {
                case AppendStatus.Stored or AppendStatus.Duplicate:
                    Assert.True(Acknowledged.Add(text));
                    acknowledged++;
                    _seq++;
                    break;
                case AppendStatus.ProducerGap:
                    Assert.InRange(result.Outcomes[0].ExpectedSeq, 1, _seq);
                    ProducerGaps++;
                    (_life, _seq) = (_life + 1, 0);
                    break;
                default:
                    Assert.Fail($"{text} is {result.Outcomes[0].Status}");
                    break;
            }
        }
    }

    /// <summary>Follows to the end, over gaps, of which each is told.</summary>
    public async Task ReadToEndAsync()
    {
        int renewals = 0;
        while (true)
        {
            EventRead read = await ReadAsync(Log, _position);
            if (read.Outcome == ReadOutcome.NotThere)
            {
                Assert.True(++renewals < 3, "A renewed epoch does not place the cursor.");
                await Log.RenewEpochAsync(Events, _position, _recent, None);
                continue;
            }

            Assert.NotEqual(ReadOutcome.Trimmed, read.Outcome);
            GapsTold += read.Outcome == ReadOutcome.OtherEpoch ? 1 : 0;
            _position = read.Start;
            if (read.Entries.Count == 0)
            {
                return;
            }

            foreach (LogEntry entry in read.Entries)
            {
                Assert.Equal(_position.Entry.Offset + 1, entry.Id.Offset);
                _position = _position with { Entry = entry.Id };
                _recent.Add(entry.Id);
                Seen.Add(Text(entry));
            }
        }
    }

    /// <summary>What the log has now.</summary>
    public async Task<string[]> ReadAllAsync()
    {
        List<string> all = [];
        StreamCursor after = Beginning(_position.Epoch);
        while (await ReadAsync(Log, after) is { Entries.Count: > 0 } read)
        {
            all.AddRange(read.Entries.Select(Text));
            after = read.Start with { Entry = read.Entries[^1].Id };
        }

        return [.. all];
    }

    /// <summary>How many events the replica has.</summary>
    public Task<string> CountReplicatedAsync() =>
        Replica.CommandAsync("XLEN", (string)new RedisKeys(new RedisGeneration(4)).Of(Events)[0]!);

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
    }
}
