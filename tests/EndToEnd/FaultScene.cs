using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Viewers and producers at work on a whole system, for tests that do something to it meanwhile and then look at what
/// the viewers saw.
/// </summary>
internal sealed class FaultScene : IAsyncDisposable
{
    /// <summary>For what a calm machine does in a second or two.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int ViewersCount = 6;
    private const int ProducersCount = 2;
    private const int AgentsPerProducer = 4;
    private const int BatchMax = 10;

    private readonly CancellationTokenSource _disposing = new();
    private readonly RealtimeSystem _system;
    private readonly TestProducer[] _producers;
    private Task _publishing = Task.CompletedTask;
    private volatile bool _isPublishing;

    private FaultScene(RealtimeSystem system, bool sendsAgain)
    {
        _system = system;
        Http = system.CreateClient(system.Token("publish:*"));
        Viewers = [.. Enumerable.Range(0, ViewersCount).Select(StartViewer)];
        _producers =
        [
            .. Enumerable.Range(0, ProducersCount)
                .Select(i => new TestProducer(Http, i) { SendsAgain = sendsAgain }),
        ];
    }

    /// <summary>Publishes, by hand.</summary>
    public HttpClient Http { get; }

    public IReadOnlyList<TestClient> Viewers { get; }

    public IEnumerable<TestSubscription> Subscriptions => Viewers.SelectMany(viewer => viewer.Subscriptions);

    /// <summary>What was acknowledged. Once publishing has stopped.</summary>
    public IReadOnlyList<Published> Acknowledged => [.. _producers.SelectMany(producer => producer.Acknowledged)];

    /// <summary>Starts viewers; returns when all are subscribed.</summary>
    /// <param name="system">Stays the caller's.</param>
    /// <param name="sendsAgain">Whether producers repeat what was acknowledged, and expect to be told so.</param>
    public static async Task<FaultScene> StartAsync(RealtimeSystem system, bool sendsAgain = true)
    {
        var scene = new FaultScene(system, sendsAgain);
        await scene.EventuallyAsync(
            "all viewers are subscribed", () => scene.Viewers.All(viewer => viewer.IsSubscribed));
        return scene;
    }

    /// <summary>Lets the producers work until told to stop; returns when each viewer has seen some of it.</summary>
    public async Task StartPublishingAsync()
    {
        _isPublishing = true;
        _publishing = Task.WhenAll(_producers.Select((producer, i) => producer.PublishWhileAsync(
            [.. Enumerable.Range(i * AgentsPerProducer, AgentsPerProducer).Select(AgentName)],
            () => _isPublishing, BatchMax, _disposing.Token)));
        await GoesOnAsync();
    }

    /// <summary>Waits until each subscription has seen more than it has now.</summary>
    public async Task GoesOnAsync(int more = 20)
    {
        Dictionary<TestSubscription, int> before = Subscriptions.ToDictionary(one => one, one => one.Count);
        await EventuallyAsync(
            "all viewers see new events",
            () => _publishing.IsFaulted || before.All(seen => seen.Key.Count >= seen.Value + more));
        if (_publishing.IsFaulted)
        {
            await _publishing;
        }
    }

    /// <summary>Waits until publishing is refused as what will pass: 503, with when to come again, and why.</summary>
    public async Task PublishingIsRefusedAsync() => await Eventually.TrueAsync(
        "publishing is refused", async () => !await TryPublishAsync(Http), Patience);

    /// <summary>Whether one event was taken. A refusal must be one that may be retried.</summary>
    public static async Task<bool> TryPublishAsync(HttpClient http)
    {
        // Of no agent, so that the scene's viewers do not want it.
        var probe = new JsonObject { ["channel"] = "system", ["type"] = "probe", ["payload"] = 1 };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("v1/events", probe);
        string body = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            return true;
        }

        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, $"No Retry-After: {answer}");
        using var problem = JsonDocument.Parse(body);
        string? code = problem.RootElement.GetProperty("code").GetString();
        Assert.Contains(code, (string[])["log_unavailable", "no_worker"]);
        Assert.True(problem.RootElement.GetProperty("retry").GetBoolean(), body);
        return false;
    }

    /// <summary>Waits until every viewer has been told that the log is away.</summary>
    public Task ViewersAreToldAsync() => EventuallyAsync(
        "all viewers are told that the log is away", () => Viewers.All(viewer => viewer.LogAwayNotices > 0));

    /// <summary>Stops the producers between two batches, all acknowledged.</summary>
    public async Task StopPublishingAsync()
    {
        _isPublishing = false;
        await _publishing.WaitAsync(Patience, TimeProvider.System);
    }

    /// <summary>Each subscription has seen exactly its acknowledged events, in order, once, without a gap.</summary>
    public async Task AssertExactAsync()
    {
        Dictionary<TestSubscription, EventPosition[]> expected = ExactDelivery.Expect(Viewers, Acknowledged);
        await EventuallyAsync(
            "all that was acknowledged arrived", () => expected.All(wanted => wanted.Key.Count >= wanted.Value.Length));
        AssertNoViolations();
        foreach ((TestSubscription subscription, EventPosition[] wanted) in expected)
        {
            ExactDelivery.AssertSame(wanted, subscription);
        }
    }

    public void AssertNoViolations() => Assert.Empty(Viewers.SelectMany(viewer => viewer.Violations));

    /// <summary>Whether no viewer had to connect again.</summary>
    public void AssertSameConnections() => Assert.All(Viewers, viewer => Assert.Equal(1, viewer.Connects));

    public Task EventuallyAsync(string why, Func<bool> condition) =>
        Eventually.TrueAsync(why, condition, Patience, Describe);

    public async ValueTask DisposeAsync()
    {
        _isPublishing = false;
        await _disposing.CancelAsync();
        await _publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(Viewers.Select(viewer => viewer.DisposeAsync().AsTask()));
        Http.Dispose();
        _disposing.Dispose();
    }

    // One that wants all agents, one that wants few, on one connection: every event of those few belongs to both.
    private TestClient StartViewer(int i) => TestClient.Start(
        _system.Socket(), _system.Token("read:*"), _system.Certificate, i,
        new TestSubscription("all", new EventFilter { Agents = [Pattern("agent-*")] }),
        new TestSubscription("one", new EventFilter { Agents = [Pattern(AgentName(i))] }));

    private static NamePattern Pattern(string text) =>
        NamePattern.TryParse(text, out NamePattern pattern) ? pattern : throw new FormatException(text);

    private static string AgentName(int n) => string.Create(CultureInfo.InvariantCulture, $"agent-{n}");

    private string Describe() =>
        string.Join("; ", Viewers.Select(viewer => string.Create(
            CultureInfo.InvariantCulture,
            $"{viewer.Connects} connections, {viewer.LogAwayNotices} notices, "
                + $"seen {string.Join(" and ", viewer.Subscriptions.Select(one => one.Count))}")))
        + $". {_publishing.Status}. "
        + string.Join("; ", Viewers.SelectMany(viewer => viewer.Violations).Take(5));
}
