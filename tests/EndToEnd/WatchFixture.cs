using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Realtime.Tests.EndToEnd;

/// <summary>One tenant's API for a test: publishes, and opens viewers.</summary>
internal sealed class WatchFixture(RealtimeSystem system, string tenant) : IDisposable
{
    private int _number;

    public HttpClient Http { get; } = system.CreateClient(system.Token("read:* publish:*", tenant));

    public Task<Conversation> OpenAsync(string pathAndQuery, params IReadOnlyList<string> offers) =>
        Conversation.OpenAsync(system, pathAndQuery, system.Token("read:*", tenant), offers);

    /// <summary>
    /// Publishes one event whose payload is a number, counted up from 1; returns its id. <paramref name="change"/> may
    /// change all of it.
    /// </summary>
    public async Task<string> PublishAsync(string agent, Action<JsonObject>? change = null)
    {
        var next = new JsonObject
        {
            ["channel"] = "agents",
            ["type"] = "agent.status",
            ["agent"] = agent,
            ["payload"] = ++_number,
        };
        change?.Invoke(next);
        using HttpResponseMessage answer = await Http.PostAsJsonAsync("v1/events", next);
        JsonElement body = await ReadAsync(answer, HttpStatusCode.Accepted);
        return body.GetProperty("results")[0].GetProperty("id").GetString()!;
    }

    /// <summary>Publishes events as they are, in one request.</summary>
    public async Task PublishBatchAsync(JsonObject[] events)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync("v1/events", events);
        await ReadAsync(answer, HttpStatusCode.Accepted);
    }

    public async Task<JsonElement> GetAsync(string pathAndQuery)
    {
        using HttpResponseMessage answer = await Http.GetAsync(pathAndQuery);
        return await ReadAsync(answer, HttpStatusCode.OK);
    }

    /// <summary>Appends bytes to a task's terminal.</summary>
    public async Task AppendAsync(string task, ReadOnlyMemory<byte> bytes, string query = "")
    {
        using HttpResponseMessage answer =
            await Http.PostAsync($"v1/tasks/{task}/terminal{query}", new ReadOnlyMemoryContent(bytes));
        await ReadAsync(answer, HttpStatusCode.Accepted);
    }

    /// <summary>From the terminal's end on it has this size.</summary>
    public async Task ResizeAsync(string task, int columns, int rows)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync(
            $"v1/tasks/{task}/terminal/resize", new JsonObject { ["cols"] = columns, ["rows"] = rows });
        await ReadAsync(answer, HttpStatusCode.OK);
    }

    public async Task EndAsync(string task, int exitCode)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync(
            $"v1/tasks/{task}/terminal/end", new JsonObject { ["exit_code"] = exitCode });
        await ReadAsync(answer, HttpStatusCode.OK);
    }

    public void Dispose() => Http.Dispose();

    /// <summary>The number that <see cref="PublishAsync"/> gave an event.</summary>
    public static int NumberOf(JsonElement message) => message.GetProperty("payload").GetInt32();

    /// <summary>A cursor of a message as a query parameter's value.</summary>
    public static string CursorOf(JsonElement message, string name = "cursor") =>
        string.Join(',', message.GetProperty(name).EnumerateArray().Select(position => position.GetString()));

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode wanted)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(
            answer.StatusCode == wanted,
            string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}: {body}"));
        return JsonDocument.Parse(body).RootElement;
    }
}
