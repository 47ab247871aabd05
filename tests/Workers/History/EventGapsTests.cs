using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;
using static Realtime.Tests.Workers.History.EventPages;

namespace Realtime.Tests.Workers.History;

/// <summary>Cursors of history: where to go on, and what is told when that is not there any more.</summary>
public sealed class EventGapsTests
{
    [Fact]
    public async Task Of_an_empty_tenant_next_names_every_stream_and_misses_nothing_that_comes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer empty = await worker.GetAsync(Endpoint);

        string[] published = await FillAsync(worker, 30);
        Answer next = await worker.GetAsync($"{Endpoint}?after={Next(empty)}");

        Assert.Equal(4, empty.Json.GetProperty("next").GetArrayLength());
        Assert.False(empty.Json.GetProperty("more").GetBoolean());
        Assert.Equal(published.Order(), next.Json.GetProperty("events").EnumerateArray().Select(Id).Order());
        Assert.Equal(0, next.Json.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public async Task What_retention_took_is_told_once_with_its_extent()
    {
        await using var log = RunningWorker.NewLog(new LogOptions { Partitions = 4, EntriesPerStreamMax = 10 });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        object one = new { channel = "agents", type = "x", agent = "a1", payload = 1 };
        string[] first = await worker.PublishAsync(one);
        EventPosition after = Position(first[0]);
        await worker.PublishAsync([.. Enumerable.Repeat(one, 1000)]);

        Answer page = await worker.GetAsync($"{Endpoint}?after={first[0]}&limit=1000");
        Answer fresh = await worker.GetAsync($"{Endpoint}?limit=1000");
        Answer next = await worker.GetAsync($"{Endpoint}?after={Next(page)}");

        JsonElement gap = Assert.Single(page.Json.GetProperty("gaps").EnumerateArray());
        EventPosition resumesAt = Position(Text(gap, "resumes_at"));
        Assert.Equal((after.Partition, first[0]), (gap.GetProperty("partition").GetInt32(), Text(gap, "after")));
        Assert.Equal("retention", Text(gap, "reason"));
        Assert.Equal(Id(page.Json.GetProperty("events")[0]), resumesAt.ToString());
        Assert.Equal(resumesAt.Entry.Offset - 2, gap.GetProperty("missing").GetInt64());
        Assert.Equal(1001 - resumesAt.Entry.Offset + 1, page.Json.GetProperty("events").GetArrayLength());
        Assert.Equal(0, fresh.Json.GetProperty("gaps").GetArrayLength());
        Assert.Equal(0, next.Json.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public async Task A_position_of_another_epoch_is_told()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ids = await worker.PublishAsync(new { channel = "agents", type = "x", agent = "a1", payload = 1 });
        EventPosition foreign = Position(ids[0]) with { Epoch = Epoch.Parse("zzzzzz") };

        Answer page = await worker.GetAsync($"{Endpoint}?after={foreign}");

        JsonElement gap = Assert.Single(page.Json.GetProperty("gaps").EnumerateArray());
        Assert.Equal(("epoch", foreign.ToString()), (Text(gap, "reason"), Text(gap, "after")));
        Assert.False(gap.TryGetProperty("missing", out _));
        Assert.Equal(ids[0], Text(gap, "resumes_at"));
        Assert.Equal(ids[0], Id(page.Json.GetProperty("events")[0]));
    }
}
