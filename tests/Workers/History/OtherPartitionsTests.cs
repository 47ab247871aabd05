using System.Text.Json;
using static Realtime.Tests.Workers.History.LatestPages;

namespace Realtime.Tests.Workers.History;

/// <summary>Cursors of a log with more partitions, or fewer: of this one before a repartition.</summary>
public sealed class OtherPartitionsTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(2)]
    public async Task A_cursor_of_a_log_with_other_partitions_is_answered_by_a_gap_of_every_stream(int partitions)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] published = await FillAsync(worker, 40);
        string cursor = string.Join(
            ',', Enumerable.Range(0, partitions).Select(partition => $"{partition}:1795230320701-9.abcdef"));

        Answer answer = await worker.GetAsync($"{Endpoint}?limit=1000&after={cursor}");

        JsonElement page = answer.Json;
        Assert.Equal(
            Enumerable.Range(0, 4).Select(partition => (partition, "epoch")),
            page.GetProperty("gaps").EnumerateArray()
                .Select(gap => (gap.GetProperty("partition").GetInt32(), gap.GetProperty("reason").GetString()!))
                .Order());
        Assert.Equal(published.Order(), page.GetProperty("events").EnumerateArray().Select(Id).Order());
        Assert.Equal(4, page.GetProperty("next").GetArrayLength());
    }

    [Fact]
    public async Task A_cursor_that_names_some_streams_of_more_partitions_is_answered_by_a_gap_of_every_stream()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] published = await FillAsync(worker, 40);

        Answer answer = await worker.GetAsync(
            $"{Endpoint}?limit=1000&after=1:1795230320701-9.abcdef,6:1795230320701-9.abcdef");

        Assert.Equal(
            [0, 1, 2, 3],
            answer.Json.GetProperty("gaps").EnumerateArray()
                .Select(gap => gap.GetProperty("partition").GetInt32()).Order());
        Assert.Equal(published.Order(), answer.Json.GetProperty("events").EnumerateArray().Select(Id).Order());
    }

    [Fact]
    public async Task A_cursor_of_the_first_streams_that_stands_is_no_other_logs()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] published = await FillAsync(worker, 40);
        string[] first =
            [.. published.Where(id => id[0] is '0' or '1').GroupBy(id => id[0]).Select(ids => ids.First())];
        Assert.Equal(2, first.Length);

        Answer answer = await worker.GetAsync($"{Endpoint}?limit=1000&after={string.Join(',', first)}");

        Assert.Empty(answer.Json.GetProperty("gaps").EnumerateArray());
        Assert.Equal(38, answer.Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_cursor_that_names_some_streams_only_gets_gaps_of_those_alone()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await FillAsync(worker, 40);

        Answer answer = await worker.GetAsync($"{Endpoint}?limit=1000&after=2:1795230320701-9.abcdef");

        JsonElement gap = Assert.Single(answer.Json.GetProperty("gaps").EnumerateArray());
        Assert.Equal((2, "epoch"), (gap.GetProperty("partition").GetInt32(), gap.GetProperty("reason").GetString()));
    }
}
