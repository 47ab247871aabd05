using System.Globalization;
using System.Text.Json.Nodes;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Conformance;

/// <summary>
/// A driver in words that scenarios read well in: commands as methods, reports kept in order. It waits, and never looks
/// at what an SDK is made of.
/// </summary>
internal sealed class SdkUnderTest(ISdkDriver driver) : IAsyncDisposable
{
    private readonly List<JsonObject> _reports = [];

    public Task OpenAsync(string client, Uri url, string?[] tokens, JsonObject? options = null) =>
        DoAsync(new JsonObject
        {
            ["do"] = "open",
            ["client"] = client,
            ["url"] = url.GetLeftPart(UriPartial.Authority),
            ["tokens"] = new JsonArray([.. tokens.Select(token => (JsonNode?)token)]),
            ["options"] = options ?? Quick(),
        });

    /// <summary>Opens one that connects by these tickets, in turn, and has a token for the rest.</summary>
    public Task OpenByTicketsAsync(string client, Uri url, string token, params string[] tickets) =>
        DoAsync(new JsonObject
        {
            ["do"] = "open",
            ["client"] = client,
            ["url"] = url.GetLeftPart(UriPartial.Authority),
            ["tokens"] = new JsonArray(token),
            ["tickets"] = new JsonArray([.. tickets.Select(ticket => (JsonNode?)ticket)]),
            ["options"] = Quick(),
        });

    /// <summary>Has a ticket made.</summary>
    public async Task<string> CreateTicketAsync(string client, string? scope = null)
    {
        JsonObject answer = await DoAsync(
            new JsonObject { ["do"] = "create_ticket", ["client"] = client, ["scope"] = scope });
        return answer["ticket"]!.GetValue<string>();
    }

    /// <summary>Options with short delays, so that a scenario takes no longer than what it shows.</summary>
    public static JsonObject Quick(Action<JsonObject>? change = null)
    {
        var options = new JsonObject { ["reconnect_delay"] = 20, ["reconnect_delay_max"] = 200 };
        change?.Invoke(options);
        return options;
    }

    public Task ConnectAsync(string client) => DoAsync(new JsonObject { ["do"] = "connect", ["client"] = client });

    /// <summary>Subscribes to events.</summary>
    /// <param name="client">The client.</param>
    /// <param name="subscription">Its name in reports.</param>
    /// <param name="more">Filter and options, by the README.</param>
    public Task SubscribeAsync(string client, string subscription, JsonObject? more = null) =>
        BeginAsync("subscribe", client, subscription, more);

    public Task WatchTerminalAsync(string client, string subscription, string task, JsonObject? more = null)
    {
        more ??= [];
        more["task"] = task;
        return BeginAsync("terminal", client, subscription, more);
    }

    /// <summary>Waits until the subscription says that it is active.</summary>
    public Task WhenActiveAsync(string subscription) => TellAsync(subscription, "active");

    public Task TakeAsync(string subscription, int count) => DoAsync(
        new JsonObject { ["do"] = "take", ["subscription"] = subscription, ["count"] = count });

    /// <summary>One of <c>active</c>, <c>pause</c>, <c>resume</c>, <c>unsubscribe</c>.</summary>
    public Task TellAsync(string subscription, string command) =>
        DoAsync(new JsonObject { ["do"] = command, ["subscription"] = subscription });

    public async Task<JsonArray> CursorAsync(string subscription)
    {
        JsonObject answer = await DoAsync(new JsonObject { ["do"] = "cursor", ["subscription"] = subscription });
        return answer["cursor"]!.DeepClone().AsArray();
    }

    /// <summary>The most items that ever waited for the application.</summary>
    public async Task<int> BufferedMaxAsync(string subscription)
    {
        JsonObject answer = await DoAsync(new JsonObject { ["do"] = "buffered", ["subscription"] = subscription });
        return answer["items_max"]!.GetValue<int>();
    }

    public async Task<JsonArray> PublishAsync(string client, params JsonObject[] events)
    {
        JsonObject answer = await DoAsync(new JsonObject
        {
            ["do"] = "publish",
            ["client"] = client,
            ["events"] = new JsonArray([.. events]),
        });
        return answer["results"]!.AsArray();
    }

    public Task CloseAsync(string client) => DoAsync(new JsonObject { ["do"] = "close", ["client"] = client });

    public Task<JsonObject> DoAsync(JsonObject command) => driver.DoAsync(command);

    /// <summary>What was told of one kind, by a subscription or client.</summary>
    public IReadOnlyList<JsonObject> Of(string who, string saw) =>
    [
        .. Reports().Where(report => Text(report, "saw") == saw
            && (Text(report, "subscription") == who || Text(report, "client") == who || Text(report, "lease") == who)),
    ];

    /// <summary>What a subscription told of some kinds, in its order.</summary>
    public IReadOnlyList<JsonObject> InOrder(string subscription, params string[] kinds) =>
    [
        .. Reports().Where(report =>
            Text(report, "subscription") == subscription && kinds.Contains(Text(report, "saw"))),
    ];

    /// <summary>The numbers in the payloads of the events that a subscription saw, in their order.</summary>
    public int[] Numbers(string subscription) =>
        [.. Of(subscription, "event").Select(report => report["event"]!["payload"]!.GetValue<int>())];

    /// <summary>The states of a client's connection, in their order.</summary>
    public string[] States(string client) => [.. Of(client, "state").Select(report => Text(report, "status")!)];

    /// <summary>Waits until a subscription has seen so many events.</summary>
    public Task SeesAsync(string subscription, int count) => EventuallyAsync(
        string.Create(CultureInfo.InvariantCulture, $"{subscription} sees {count} events"),
        () => Of(subscription, "event").Count >= count);

    /// <summary>Waits until a subscription is confirmed.</summary>
    public Task IsActiveAsync(string subscription, int times = 1) => EventuallyAsync(
        $"{subscription} is active",
        () => Of(subscription, "status").Count(report => Text(report, "status") == "active") >= times);

    /// <summary>Waits until something of a kind was told so many times; returns the last.</summary>
    public async Task<JsonObject> SawAsync(string who, string saw, int times = 1)
    {
        await EventuallyAsync($"{who} tells {saw}", () => Of(who, saw).Count >= times);
        return Of(who, saw)[times - 1];
    }

    public Task<JsonObject> StateAsync(string client, string status) => StateAsync(client, status, _ => true);

    /// <summary>Waits for a state of a client's connection; returns the first that fits.</summary>
    public Task<JsonObject> StateAsync(string client, string status, Func<JsonObject, bool> fits) => FindAsync(
        $"{client} is {status}",
        () => Of(client, "state").FirstOrDefault(report => Text(report, "status") == status && fits(report)));

    public Task EventuallyAsync(string why, Func<bool> condition) =>
        Eventually.TrueAsync(why, condition, FaultScene.Patience, Describe);

    public ValueTask DisposeAsync() => driver.DisposeAsync();

    /// <summary>A field of a report as text; null if it has none.</summary>
    public static string? Text(JsonObject report, string name) => report[name]?.GetValue<string>();

    private Task<JsonObject> BeginAsync(string what, string client, string subscription, JsonObject? more)
    {
        JsonObject command = more ?? [];
        command["do"] = what;
        command["client"] = client;
        command["subscription"] = subscription;
        command["consume"] ??= "auto";
        return DoAsync(command);
    }

    private async Task<JsonObject> FindAsync(string why, Func<JsonObject?> find)
    {
        JsonObject? found = null;
        await EventuallyAsync(why, () => (found = find()) is not null);
        return found!;
    }

    // Fetched when looked at: what was told before a command's answer is there once it has been answered.
    private List<JsonObject> Reports()
    {
        while (driver.Reports.TryRead(out JsonObject? report))
        {
            _reports.Add(report);
        }

        return _reports;
    }

    private string Describe() =>
        $"{_reports.Count} reports; the last: "
        + $"{string.Join(' ', _reports.TakeLast(8).Select(one => one.ToJsonString()))}";
}
