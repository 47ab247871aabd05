using System.Globalization;
using System.Text.Json.Nodes;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Conformance;

/// <summary>The one list that every SDK passes. A subclass says which SDK it is.</summary>
public abstract partial class ConformanceSuite(ConformanceScene scene) : IAsyncLifetime
{
    private readonly string _tenant = scene.NewTenant();
    private SdkUnderTest? _sdk;
    private WatchFixture? _producer;

    private SdkUnderTest Sdk => _sdk!;

    // Publishes past the network that is cut.
    private WatchFixture Producer => _producer!;

    private string Token => TokenOf("read:* publish:*");

    public async Task InitializeAsync()
    {
        _producer = ProducerOf(scene.System, _tenant);
        _sdk = Drive(await StartDriverAsync(scene.System));
    }

    public async Task DisposeAsync()
    {
        scene.Network.Refuse(false);
        await (_sdk?.DisposeAsync() ?? ValueTask.CompletedTask);
        _producer?.Dispose();
    }

    /// <summary>Starts the SDK's driver; it must trust the system's certificate.</summary>
    private protected abstract Task<ISdkDriver> StartDriverAsync(RealtimeSystem system);

    private static WatchFixture ProducerOf(RealtimeSystem system, string tenant) => new(system, tenant);

    private static SdkUnderTest Drive(ISdkDriver driver) => new(driver);

    private static JsonArray List(params string[] names) => new([.. names.Select(name => (JsonNode?)name)]);

    private static JsonObject Filter(string key, params string[] names) =>
        new() { ["filter"] = new JsonObject { [key] = List(names) } };

    private static JsonObject Event(string agent, int number) => new()
    {
        ["channel"] = "agents",
        ["type"] = "agent.status",
        ["agent"] = agent,
        ["payload"] = number,
    };

    private string TokenOf(string scope) => scene.System.Token(scope, _tenant);

    private Task OpenAsync(string client = "c", Action<JsonObject>? options = null) =>
        Sdk.OpenAsync(client, scene.Url, [Token], SdkUnderTest.Quick(options));

    private async Task PublishAsync(string agent, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Producer.PublishAsync(agent);
        }
    }

    // All of one stream, so that their order is total.
    private async Task PublishManyAsync(int from, int count)
    {
        const int batchMax = 100;
        for (int i = from; i < from + count; i += batchMax)
        {
            await PublishBatchAsync([.. Enumerable.Range(i, Math.Min(batchMax, from + count - i))
                .Select(number => Event("a1", number))]);
        }
    }

    private Task PublishBatchAsync(JsonObject[] events) => Producer.PublishBatchAsync(events);

    private static IEnumerable<int> Range(int count) => Enumerable.Range(1, count);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
