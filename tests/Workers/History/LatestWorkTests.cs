using System.Collections.Concurrent;
using Realtime.Log;
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
        int now = 0, most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var log = new FaultyLog(RunningWorker.NewLog(new LogOptions { Partitions = 64 }));
        log.AroundReadBack = async (_, _, _, readAsync) =>
        {
            int reading = Interlocked.Increment(ref now);
            InterlockedMax(ref most, reading);
            if (reading == 16)
            {
                full.TrySetResult();
            }

            await full.Task;
            EventReadBack read = await readAsync();
            Interlocked.Decrement(ref now);
            return read;
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log, "--event_plane:partitions", "64");

        Answer page = await worker.GetAsync($"{Endpoint}?last=20");

        Assert.Equal(64, Positions(page, "cursor").Length);
        Assert.Equal(16, most);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
