using System.Buffers;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis.Repartitioning;

/// <summary>Producers' numbers over a repartition, of which retention took the events.</summary>
public sealed class RepartitionProducerTests
{
    private const string Tenant = "acme", Group = "agent-1", Producer = "runner";
    private const int Stored = 10, Epoch = 7;

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    public async Task Of_an_answer_that_retention_cut_the_rest_is_known_and_the_numbers_go_on(int kept)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 41);
        EventAppend[] batch = [.. Enumerable.Range(1, Stored).Select(Numbered)];
        await using (RedisLog old = Create(scene.OptionsOf(4)))
        {
            await old.CheckAsync(None);
            AppendResult result = await old.AppendAsync(StreamOf(4), batch, None);
            Assert.All(result.Outcomes, outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        }

        string entries = (string)new RedisKeys(new RedisGeneration(4)).Of(StreamOf(4))[0]!;
        await server.CommandAsync("XTRIM", entries, "MAXLEN", "=", $"{kept}");
        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);

        await using RedisLog young = Create(scene.OptionsOf(7));
        AppendResult again = await young.AppendAsync(StreamOf(7), batch, None);
        Assert.All(again.Outcomes, outcome => Assert.Equal(AppendStatus.Duplicate, outcome.Status));
        Assert.All(again.Outcomes.SkipLast(kept), outcome => Assert.Equal(default, outcome.Position));
        EventRead read = await young.ReadAsync(
            StreamOf(7), Beginning((await young.OpenAsync(StreamOf(7), None)).End.Epoch), ReadLimit.Default,
            ReadLane.Bulk, None);
        Assert.Equal(
            batch[^kept..].Select(one => Convert.ToHexString(one.Envelope.Span)),
            read.Entries.Select(entry => Convert.ToHexString(entry.Envelope.Span)));
        Assert.Equal(
            read.Entries.Select(entry => entry.Id),
            again.Outcomes.TakeLast(kept).Select(outcome => outcome.Position.Entry));
        Assert.Equal(AppendStatus.Stored, await StatusAsync(young, Stored + 1));
    }

    [Fact]
    public async Task Numbers_are_forgotten_when_their_window_is_over()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 42);
        await using (RedisLog old = Create(scene.OptionsOf(4)))
        {
            await old.CheckAsync(None);
            Assert.Equal(AppendStatus.Stored, await StatusAsync(old, 1, 4));
        }

        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);
        await using RedisLog young = Create(scene.OptionsOf(7) with { ProducerWindow = TimeSpan.Zero });
        await young.SweepAsync(StreamOf(7).Partition, None);

        Assert.Equal(AppendStatus.ProducerGap, await StatusAsync(young, 2));
    }

    private static async Task<AppendStatus> StatusAsync(RedisLog log, int seq, int partitions = 7) =>
        (await log.AppendAsync(StreamOf(partitions), [Numbered(seq)], None)).Outcomes[0].Status;

    private static StreamKey StreamOf(int partitions) => new(Tenant, Partitioner.Of(Tenant, Group, partitions));

    private static EventAppend Numbered(int seq)
    {
        var output = new ArrayBufferWriter<byte>();
        EnvelopeCodec.Write(output, new EventEnvelope
        {
            Channel = Channel.Agents,
            Type = $"event.{seq}",
            Agent = Group,
            Payload = SampleEvents.Payload($$"""{"n":{{seq}}}"""),
        });
        return new EventAppend
        {
            Envelope = output.WrittenMemory,
            Producer = new ProducerNumber(Producer, Group, Epoch, seq),
        };
    }
}
