using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Realtime.Client;
using Realtime.Protocol.Events;

namespace Realtime.Tests.Client;

/// <summary>The README's examples, compiled; what they get from their application is given by the test.</summary>
internal static class ReadmeSample
{
#pragma warning disable IDE0011, CS8321
    public static async Task RunAsync(Uri edge, X509Certificate2 certificate, string token, SampleConsole Console)
    {
        ValueTask<string> FetchTokenAsync(CancellationToken cancellationToken) =>
            cancellationToken.IsCancellationRequested ? default : ValueTask.FromResult(token);

        // <example>
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = edge, // such as https://localhost:8443
            Token = (attempt, cancellationToken) => FetchTokenAsync(cancellationToken),
            TrustedCertificate = certificate, // only for one that is self-made, as the devhost's is
        });
        await foreach (SubscriptionItem item in client.Subscribe(
            new EventSubscriptionOptions { Agents = ["a*"], Snapshot = true }))
        {
            if (item is EventItem { Event: var e }) Console.WriteLine($"{e.Agent} {e.Type} {e.Payload}");
            if (item is GapItem { Gap: var gap }) Console.WriteLine($"{gap.Missing} events are gone: {gap.Reason}");
        }

        // </example>
    }

    public static async Task StartAndWatchAsync(RealtimeClient client, SampleConsole Console)
    {
        // <example>
        await using EventSubscription subscription = client.Subscribe(new EventSubscriptionOptions { Tasks = ["t1"] });
        await subscription.WhenActiveAsync(); // from here on nothing is missed
        await client.PublishAsync(new EventDraft
        {
            Channel = Channel.Tasks,
            Type = "task.started",
            Task = "t1",
            Payload = JsonSerializer.SerializeToElement(new { }),
        });
        await foreach (SubscriptionItem item in subscription)
        {
            if (item is EventItem { Event: var e }) Console.WriteLine($"{e.Task} {e.Type}");
        }

        // </example>
    }

    public static async Task PublishAsync(RealtimeClient client)
    {
        // <example>
        await client.PublishAsync(new EventDraft
        {
            Channel = Channel.Agents,
            Type = "agent.status",
            Agent = "a1",
            StateKey = "agent:a1:status",
            Payload = JsonSerializer.SerializeToElement(new { status = "working" }),
        });
        await client.AppendTerminalAsync("t1", offset: 0, "building...\n"u8.ToArray());
        await client.EndTerminalAsync("t1", exitCode: 0);

        // </example>
    }

    public static async Task ProduceAsync(RealtimeClientOptions options)
    {
        // <example>
        var named = options with { Producer = new ProducerOptions { Id = "runner-7" } };
        await using var producer = new RealtimeClient(named);
        await using ProducerLease lease = await producer.LeaseTaskAsync("t2", new LeaseOptions { Agent = "a1" });
        await producer.AppendTerminalAsync("t2", offset: 0, "building...\n"u8.ToArray(), cancellationToken: lease.Lost);
        await producer.EndTerminalAsync("t2", exitCode: 0);

        // </example>
    }
#pragma warning restore IDE0011, CS8321
}
