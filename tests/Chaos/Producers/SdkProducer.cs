using System.Text.Json;
using Realtime.Client;
using Realtime.Protocol.Events;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Chaos.Clients;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>
/// Publishes by the C# SDK over HTTP, one event or a batch at a time; with keys, or numbered. One that holds a lease
/// must never hear that it is lost; another numbered one begins a new life now and then.
/// </summary>
internal sealed class SdkProducer(
    ClientSeat seat, EventMaker maker, SdkProducerKind kind, Ledger ledger, Pauses pauses, Random random)
    : IChaosProducer
{
    private const int BatchMax = 6;
    private const int BatchesOfLife = 25;

    private bool IsNumbered => kind != SdkProducerKind.Keyed;

    public async Task RunAsync(Func<bool> isFinishing, CancellationToken stopping)
    {
        while (!isFinishing())
        {
            await using RealtimeClient client = seat.ConnectToPublish(IsNumbered);
            ProducerLease? lease = kind == SdkProducerKind.Leasing
                ? await client.LeaseAgentAsync(maker.Agent(0), cancellationToken: stopping)
                : null;
            int batches = kind == SdkProducerKind.Numbered ? BatchesOfLife : int.MaxValue;
            while (batches-- > 0 && !isFinishing())
            {
                await PublishAsync(client, stopping);
                await pauses.NextAsync(stopping);
            }

            if (LeaseChecks.OfHolder(seat.Name, lease?.LossReason) is { } wrong)
            {
                ledger.Violated(wrong);
            }
        }
    }

    private async Task PublishAsync(RealtimeClient client, CancellationToken stopping)
    {
        EventDraft[] batch =
            [.. Enumerable.Range(0, random.Next(2) == 0 ? 1 : random.Next(1, BatchMax)).Select(_ => Next())];
        try
        {
            IReadOnlyList<PublishResult> results = await client.PublishAsync(batch, stopping);
            for (int i = 0; i < batch.Length; i++)
            {
                ledger.Acknowledged(
                    EventKey.Of(batch[i].Payload)!, results[i].Id is { } id ? id.ToString() : null);
            }
        }
        catch (PublishException failure)
        {
            ledger.Violated($"{seat.Name} could not publish: {failure.Code} {failure.Detail}");
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
            Key = IsNumbered ? null : key,
            Payload = JsonSerializer.SerializeToElement(payload),
        };
    }
}
