using System.Globalization;
using Realtime.Protocol;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// 10,000 events of 20 agents through the edge over TLS to 50 clients with random filters and several subscriptions
/// each, half of them and half of the producers on MessagePack, their sockets cut at random all the while: each
/// subscription sees exactly its events, in order, once.
/// </summary>
public class NothingLostTests(ITestOutputHelper output)
{
    private const int EventsCount = 10_000;
    private const int AgentsCount = 20;
    private const int ClientsCount = 50;
    private const int SubscriptionsMax = 4;
    private const int ProducersCount = 4;
    private const int BatchMax = 50;

    private static readonly TimeSpan PublishMax = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CutInterval = TimeSpan.FromMilliseconds(10);

    // A seed reproduces filters, events and delays; which byte a cut hits is the machine's.
    private readonly int _seed = int.TryParse(
        Environment.GetEnvironmentVariable("REALTIME_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
        ? given
        : Random.Shared.Next();

    [Theory]
    [InlineData("memory", 1)]
    [InlineData("redis", 1)]
    [InlineData("redis", 2)]
    public async Task Each_subscription_sees_exactly_its_events_in_order_once(string log, int workers)
    {
        output.WriteLine($"REALTIME_TEST_SEED={_seed} repeats this run.");
        await using RedisServer? redis = log == "redis" ? await RedisServer.StartAsync() : null;
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = workers, Redis = redis?.Endpoint });

        List<TestClient> clients = StartClients(system);
        try
        {
            await Eventually.TrueAsync(
                "all clients are subscribed", () => clients.All(client => client.IsSubscribed), CatchUpMax,
                () => Describe(clients));

            List<Published> published = await PublishWhileCuttingAsync(system, clients);
            IReadOnlyDictionary<TestSubscription, EventPosition[]> expected =
                ExactDelivery.Expect(clients, published);
            await Eventually.TrueAsync(
                "all events arrived", () => expected.All(wanted => wanted.Key.Count >= wanted.Value.Length), CatchUpMax,
                () => Describe(clients) + DescribeMissing(expected));

            Assert.Empty(clients.SelectMany(client => client.Violations));
            foreach ((TestSubscription subscription, EventPosition[] wanted) in expected)
            {
                ExactDelivery.AssertSame(wanted, subscription);
            }

            output.WriteLine(Describe(clients));
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        }
    }

    private List<TestClient> StartClients(RealtimeSystem system)
    {
        var random = new Random(_seed);
        var filters = new RandomFilters(random);
        string token = system.Token("read:*");
        var clients = new List<TestClient>();
        for (int i = 0; i < ClientsCount; i++)
        {
            TestSubscription[] subscriptions =
            [
                .. Enumerable.Range(0, random.Next(1, SubscriptionsMax + 1)).Select(n =>
                    new TestSubscription(string.Create(CultureInfo.InvariantCulture, $"c{i}-s{n}"), filters.Next())),
            ];
            clients.Add(i % 2 == 0
                ? TestClient.Start(system.Socket(), token, system.Certificate, _seed + i, subscriptions)
                : TestClient.StartOnMessagePack(system.Socket(), token, system.Certificate, _seed + i, subscriptions));
        }

        return clients;
    }

    private async Task<List<Published>> PublishWhileCuttingAsync(RealtimeSystem system, List<TestClient> clients)
    {
        using var patience = new CancellationTokenSource(PublishMax);
        using var published = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        Task cutting = CutAsync(clients, published.Token);
        using HttpClient http = system.CreateClient(system.Token("publish:*"));

        // Agents are divided among producers, so that each agent's events have one order of sending.
        TestProducer[] producers =
            [.. Enumerable.Range(0, ProducersCount)
                .Select(i => new TestProducer(http, _seed + i) { SpeaksMessagePack = i % 2 == 1 })];
        await Task.WhenAll(producers.Select((producer, i) => producer.PublishAsync(
            [.. Enumerable.Range(0, AgentsCount).Where(n => n % ProducersCount == i).Select(AgentName)],
            EventsCount / ProducersCount, BatchMax, patience.Token)));

        await published.CancelAsync();
        await cutting;
        AssertOrderPerAgent(producers);
        output.WriteLine($"{producers.Sum(producer => producer.Repeats)} batches were sent twice.");
        return [.. producers.SelectMany(producer => producer.Acknowledged)];
    }

    private async Task CutAsync(List<TestClient> clients, CancellationToken published)
    {
        var random = new Random(_seed);
        while (!published.IsCancellationRequested)
        {
            clients[random.Next(clients.Count)].Cut();
            await Task.Delay(CutInterval, TimeProvider.System, published)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void AssertOrderPerAgent(TestProducer[] producers)
    {
        foreach (IGrouping<string?, Published> agent in producers
            .SelectMany(producer => producer.Acknowledged).GroupBy(published => published.Envelope.Agent))
        {
            Assert.Single(agent.Select(published => published.Position.Partition).Distinct());
            long[] offsets = [.. agent.Select(published => published.Position.Entry.Offset)];
            Assert.Equal(offsets.Order(), offsets);
        }
    }

    private static string AgentName(int n) => string.Create(CultureInfo.InvariantCulture, $"agent-{n}");

    private static string Describe(List<TestClient> clients) =>
        $"{clients.Sum(client => client.Connects)} connections, "
        + $"{clients.Sum(client => client.Subscriptions.Sum(one => one.Count))} events seen, "
        + $"{clients.Sum(client => client.Subscriptions.Sum(one => one.Dropped))} sent again and dropped. "
        + string.Join("; ", clients.SelectMany(client => client.Violations).Take(5));

    private static string DescribeMissing(IReadOnlyDictionary<TestSubscription, EventPosition[]> expected) =>
        " Missing: " + string.Join(", ", expected
            .Where(wanted => wanted.Key.Count < wanted.Value.Length)
            .Select(wanted => $"{wanted.Key.Id} {wanted.Key.Count} of {wanted.Value.Length}")
            .Take(10));
}
