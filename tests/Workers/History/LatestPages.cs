using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Tests.Workers.History;

/// <summary>What tests of the newest events have in common: filling, walking back, reading pages.</summary>
internal static class LatestPages
{
    public const string Endpoint = "/v1/events";

    /// <summary>
    /// Publishes events of ten agents in thirteen groups, half of them each on two channels; their ids in order.
    /// </summary>
    public static async Task<string[]> FillAsync(RunningWorker worker, int count)
    {
        var ids = new List<string>();
        foreach (int[] batch in Enumerable.Range(0, count).Chunk(20))
        {
            ids.AddRange(await worker.PublishAsync([.. batch.Select(i => (object)new
            {
                channel = i / 10 % 2 == 0 ? "agents" : "tasks",
                type = "x",
                agent = $"a{i % 10}",
                group = $"g{i % 13}",
                payload = i,
            })]));
        }

        return Order(ids);
    }

    /// <summary>The order of answers: by append time, then partition, then offset.</summary>
    public static string[] Order(IEnumerable<string> ids) =>
    [
        .. ids.Select(Position).OrderBy(p => p.Entry.Ms).ThenBy(p => p.Partition).ThenBy(p => p.Entry.Offset)
            .Select(p => p.ToString()),
    ];

    /// <summary>All pages, put one before the other; something may be done between two.</summary>
    public static async Task<List<string>> WalkAsync(
        RunningWorker worker, string query, string scope = RunningWorker.Everything, Func<Task>? between = null)
    {
        var walked = new List<string>();
        Answer page = await worker.GetAsync($"{Endpoint}?{query}", scope: scope);
        for (int pages = 0; pages < 1000; pages++)
        {
            Assert.Equal(200, page.Status);
            walked.InsertRange(0, Ids(page));
            if (!page.Json.GetProperty("more").GetBoolean())
            {
                return walked;
            }

            await (between?.Invoke() ?? Task.CompletedTask);
            string before = string.Join(',', Positions(page, "before"));
            page = await worker.GetAsync($"{Endpoint}?{query}&before={before}", scope: scope);
        }

        throw new InvalidOperationException("Paging does not end.");
    }

    public static string[] Ids(Answer page) => [.. page.Json.GetProperty("events").EnumerateArray().Select(Id)];

    public static string[] Positions(Answer page, string name) =>
        [.. page.Json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    public static string Id(JsonElement item) => item.GetProperty("id").GetString()!;

    public static EventPosition Position(string id)
    {
        Assert.True(EventPosition.TryParse(id, out EventPosition position), id);
        return position;
    }
}
