using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Browser.Support;

/// <summary>
/// What the agents of one tenant tell, published straight to the edge, past the network that a test cuts. Tries again
/// while a worker is away, each event under a key of its own.
/// </summary>
internal sealed class TenantProducer(RealtimeSystem system, string tenant) : IDisposable
{
    private readonly HttpClient _client = system.CreateClient(system.Token("publish:*", tenant));

    public Task StatusAsync(
        string agent, string status, string? task = null, string? detail = null, string? project = null) => StateAsync(
            agent, "status", task, new JsonObject { ["status"] = status, ["detail"] = detail }, project: project);

    public Task ProgressAsync(string agent, double percent, string task, string? step = null) =>
        StateAsync(agent, "progress", task, new JsonObject { ["percent"] = percent, ["step"] = step });

    public Task CostAsync(string agent, double usd) =>
        StateAsync(agent, "cost", null, new JsonObject { ["usd_total"] = usd }, "budget", "budget.cost");

    public Task StartAsync(string agent, string task, string title) =>
        TaskAsync(agent, task, "started", new JsonObject { ["title"] = title });

    public Task FinishAsync(string agent, string task, int exitCode) =>
        TaskAsync(agent, task, "finished", new JsonObject { ["exit_code"] = exitCode });

    /// <summary>Deletes the latest value of a state key, such as <c>status</c>.</summary>
    public Task DeleteAsync(string agent, string value) => StateAsync(agent, value, null, null);

    /// <summary>One event that the timeline shows as this text.</summary>
    public Task SayAsync(string agent, string text) => SendAsync([Message(agent, text)]);

    /// <summary>Messages <c>event 1</c>, <c>event 2</c>, … in one request; see <see cref="Texts"/>.</summary>
    public Task SayNumbersAsync(string agent, int first, int count) =>
        SendAsync([.. Enumerable.Range(first, count).Select(number => Message(agent, Text(number)))]);

    /// <summary>What a timeline shows of such messages: the newest first.</summary>
    public static string[] Texts(int first, int count) =>
        [.. Enumerable.Range(first, count).Reverse().Select(Text)];

    public async Task WriteAsync(string task, string text, string query = "")
    {
        using var bytes = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using HttpResponseMessage answer = await _client.PostAsync($"v1/tasks/{task}/terminal{query}", bytes);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>From here on the program writes for this size.</summary>
    public async Task ResizeAsync(string task, int columns, int rows)
    {
        using HttpResponseMessage answer = await _client.PostAsJsonAsync(
            $"v1/tasks/{task}/terminal/resize", new JsonObject { ["cols"] = columns, ["rows"] = rows });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task EndAsync(string task, int exitCode)
    {
        using HttpResponseMessage answer = await _client.PostAsJsonAsync(
            $"v1/tasks/{task}/terminal/end", new JsonObject { ["exit_code"] = exitCode });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Takes the shortest lease there is (10 s), on an agent or on a task; it is never renewed.</summary>
    public async Task LeaseAsync(string what, string name, string holder)
    {
        using HttpResponseMessage answer = await _client.PostAsJsonAsync(
            "v1/leases", new JsonObject { [what] = name, ["holder"] = holder, ["epoch"] = 1, ["ttl_ms"] = 10_000 });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => _client.Dispose();

    private static string Text(int number) => $"event {number}";

    private static JsonObject Message(string agent, string text) => new()
    {
        ["channel"] = "messages",
        ["type"] = "agent.message",
        ["agent"] = agent,
        ["key"] = Guid.NewGuid().ToString("N"),
        ["payload"] = new JsonObject { ["text"] = text },
    };

    private Task TaskAsync(string agent, string task, string what, JsonObject payload) => SendAsync([new()
    {
        ["channel"] = "tasks",
        ["type"] = $"task.{what}",
        ["agent"] = agent,
        ["task"] = task,
        ["key"] = Guid.NewGuid().ToString("N"),
        ["payload"] = payload,
    }]);

    private Task StateAsync(
        string agent, string value, string? task, JsonObject? payload, string channel = "agents", string? type = null,
        string? project = null)
    {
        var sent = new JsonObject
        {
            ["channel"] = channel,
            ["type"] = type ?? $"agent.{value}",
            ["agent"] = agent,
            ["key"] = Guid.NewGuid().ToString("N"),
            ["state_key"] = $"agent:{agent}:{value}",
            ["payload"] = payload,
        };
        if (task is not null)
        {
            sent["task"] = task;
        }

        if (project is not null)
        {
            sent["project"] = project;
        }

        return SendAsync([sent]);
    }

    private Task SendAsync(JsonObject[] events) => Eventually.TrueAsync(
        "the events are stored",
        async () =>
        {
            using HttpResponseMessage answer = await _client.PostAsJsonAsync("v1/events", events);
            string content = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode >= 500, content);
            return answer.IsSuccessStatusCode && !content.Contains("\"error\"", StringComparison.Ordinal);
        },
        FaultScene.Patience);
}
