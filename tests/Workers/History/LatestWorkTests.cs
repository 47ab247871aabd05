using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Tests.Support;
using static Realtime.Tests.Workers.History.LatestPages;

namespace Realtime.Tests.Workers.History;

/// <summary>How much work the newest events may be.</summary>
public sealed class LatestWorkTests
{
    [Fact]
    public async Task A_page_that_finds_little_stops_and_says_where_to_go_on()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:history:entries_scanned_max", "100");
        string[] wanted = await worker.PublishAsync(new { channel = "budget", type = "x", agent = "a1", payload = 1 });
        await FillAsync(worker, 250);

        Answer first = await worker.GetAsync($"{Endpoint}?channels=budget&last=10");
        List<string> walked = await WalkAsync(worker, "channels=budget&last=10");

        Assert.Empty(Ids(first));
        Assert.True(first.Json.GetProperty("more").GetBoolean());
        Assert.Equal(wanted, walked);
    }

    [Fact]
    public async Task An_answer_is_limited_in_bytes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:history:answer_bytes_max", "65536");
        string[] ordered = Order(await worker.PublishAsync([.. Enumerable.Range(0, 20).Select(i => (object)new
        {
            channel = "agents", type = "x", agent = $"a{i}", payload = new string('x', 10_000),
        })]));

        Answer first = await worker.GetAsync($"{Endpoint}?last=1000");
        List<string> walked = await WalkAsync(worker, "last=1000");

        Assert.InRange(Ids(first).Length, 1, 7);
        Assert.Equal(ordered, walked);
    }

    [Fact]
    public async Task Reads_are_small_bounded_and_grow_where_there_is_much()
    {
        var reads = new ConcurrentQueue<(int Partition, ReadLimit Limit, ReadLane Lane)>();
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundReadBack = (stream, limit, lane, readAsync) =>
        {
            reads.Enqueue((stream.Partition, limit, lane));
            return readAsync();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        object one = new { channel = "agents", type = "x", agent = "a1", payload = 1 };
        await worker.PublishAsync([.. Enumerable.Repeat(one, 500)]);

        Answer few = await worker.GetAsync($"{Endpoint}?last=20");
        (int, int)[] ofFew = [.. reads.Select(read => (read.Partition, read.Limit.Entries))];
        reads.Clear();
        Answer none = await worker.GetAsync($"{Endpoint}?last=20&types=other");
        int busy = Position(Ids(few)[0]).Partition;

        Assert.Equal([(0, 16), (1, 16), (2, 16), (3, 16), (busy, 32)], ofFew.OrderBy(read => (read.Item2, read.Item1)));
        Assert.Equal(
            [16, 32, 64, 128, 256, 512],
            reads.Where(read => read.Partition == busy).Select(read => read.Limit.Entries));
        Assert.All(reads, read => Assert.Equal(ReadLane.Bulk, read.Lane));
        Assert.All(reads, read => Assert.InRange(read.Limit.Bytes, 1, 256 * 1024));
        Assert.False(none.Json.GetProperty("more").GetBoolean());
    }

    [Fact]
    public async Task So_many_streams_are_read_at_a_time_and_no_more()
    {
        int reading = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var log = new FaultyLog(RunningWorker.NewLog(new LogOptions { Partitions = 64 }));
        log.AroundReadBack = async (_, _, _, readAsync) =>
        {
            Interlocked.Increment(ref reading);
            await gate.Task;
            return await readAsync();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log, "--event_plane:partitions", "64");

        Task<Answer> page = worker.GetAsync($"{Endpoint}?last=20");
        await Eventually.TrueAsync("16 streams are read", () => Volatile.Read(ref reading) >= 16);

        // Time enough for a seventeenth, if there were one.
        for (int i = 0; i < 50; i++)
        {
            await worker.GetAsync("/readyz", tenant: null);
        }

        Assert.Equal(16, Volatile.Read(ref reading));
        gate.SetResult();
        Assert.Equal(64, Positions(await page, "cursor").Length);
        Assert.Equal(64, reading);
    }

    [Fact]
    public async Task What_is_appended_between_two_reads_of_a_page_is_behind_its_cursor()
    {
        object one = new { channel = "agents", type = "x", agent = "a1", payload = 1 };
        RunningWorker? publisher = null;
        var later = new List<string>();
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundReadBack = async (_, limit, _, readAsync) =>
        {
            if (limit.Entries > 16)
            {
                later.AddRange(await publisher!.PublishAsync(one, one));
            }

            return await readAsync();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        publisher = worker;
        string[] ordered = Order(await worker.PublishAsync([.. Enumerable.Repeat(one, 200)]));

        Answer page = await worker.GetAsync($"{Endpoint}?last=30");
        Answer next = await worker.GetAsync($"{Endpoint}?after={string.Join(',', Positions(page, "cursor"))}");

        Assert.NotEmpty(later);
        Assert.Equal(ordered.TakeLast(30), Ids(page));
        Assert.Equal(later, Ids(next));
    }
}
