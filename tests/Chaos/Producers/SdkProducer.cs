using System.Text.Json;
using Realtime.Client;
using Realtime.Protocol.Events;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Chaos.Clients;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>Publishes by the C# SDK over HTTP, one event or a batch at a time.</summary>
internal sealed class SdkProducer(ClientSeat seat, EventMaker maker, Ledger ledger, Pauses pauses, Random random)
    : IChaosProducer
{
    private const int BatchMax = 6;

    public async Task RunAsync(Func<bool> isFinishing, CancellationToken stopping)
    {
        await using RealtimeClient client = seat.ConnectToPublish();
        while (!isFinishing())
        {
            EventDraft[] batch =
                [.. Enumerable.Range(0, random.Next(2) == 0 ? 1 : random.Next(1, BatchMax)).Select(_ => Next())];
            try
            {
                IReadOnlyList<PublishResult> results = await client.PublishAsync(batch, stopping);
                for (int i = 0; i < batch.Length; i++)
                {
                    ledger.Acknowledged(batch[i].Key!, results[i].Id!.Value.ToString());
                }
            }
            catch (PublishException failure)
            {
                ledger.Violated($"{seat.Name} could not publish: {failure.Code} {failure.Detail}");
            }

            await pauses.NextAsync(stopping);
        }
    }

    private EventDraft Next()
    {
        (string key, EventFacts facts, var payload) = maker.Next();
        Assert.True(ChannelNames.TryParse(facts.Channel, out Channel channel));
        return new EventDraft
        {
            Channel = channel,
            Type = facts.Type,
            Agent = facts.Agent,
            Task = facts.Task,
            Project = facts.Project,
            StateKey = facts.StateKey,
            Key = key,
            Payload = JsonSerializer.SerializeToElement(payload),
        };
    }
}
