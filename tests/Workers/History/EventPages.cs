using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Tests.Workers.History;

/// <summary><c>GET /v1/events</c>, as tests fill and read it.</summary>
internal static class EventPages
{
    public const string Endpoint = "/v1/events";

    /// <summary>Publishes events of ten agents, half of them on one channel and half on another.</summary>
    public static Task<string[]> FillAsync(RunningWorker worker, int count) =>
        worker.PublishAsync([.. Enumerable.Range(0, count).Select(i => (object)new
        {
            channel = i / 10 % 2 == 0 ? "agents" : "tasks", type = "x", agent = $"a{i % 10}", payload = i,
        })]);

    /// <summary>All pages of a query, which must have no gap.</summary>
    public static async Task<List<JsonElement>> WalkAsync(
        RunningWorker worker, string query, string scope = RunningWorker.Everything)
    {
        var walked = new List<JsonElement>();
        string after = "";
        for (int pages = 0; pages < 1000; pages++)
        {
            Answer page = await worker.GetAsync($"{Endpoint}?{query}{after}", scope: scope);
            Assert.Equal(200, page.Status);
            Assert.Equal(0, page.Json.GetProperty("gaps").GetArrayLength());
            walked.AddRange(page.Json.GetProperty("events").EnumerateArray());
            if (!page.Json.GetProperty("more").GetBoolean())
            {
                return walked;
            }

            after = $"&after={Next(page)}";
        }

        throw new InvalidOperationException("Paging does not end.");
    }

    public static string Next(Answer page) =>
        string.Join(',', page.Json.GetProperty("next").EnumerateArray().Select(item => item.GetString()));

    public static string Id(JsonElement item) => Text(item, "id");

    public static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    public static EventPosition Position(string id)
    {
        Assert.True(EventPosition.TryParse(id, out EventPosition position), id);
        return position;
    }
}
