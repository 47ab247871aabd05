using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// What a crash, a failover or a flush takes is found and told; with AOF always nothing acknowledged is taken.
/// </summary>
public sealed class RedisLossTests
{
    [Fact]
    public async Task With_appendfsync_always_a_kill_takes_nothing_that_was_acknowledged()
    {
        await using RedisServer server = await RedisServer.StartAsync(RedisPersistence.Always);
        await using RedisLog log = Create(server);
        Epoch epoch = (await log.OpenAsync(Events, None)).End.Epoch;
        var acknowledged = new ConcurrentDictionary<long, string>();
        using var stopping = new CancellationTokenSource();

        Task[] appenders = [.. Enumerable.Range(0, 4).Select(appender => Task.Run(async () =>
        {
            for (int i = 0; !stopping.IsCancellationRequested; i++)
            {
                string[] texts = [$"{appender}/{i}/a", $"{appender}/{i}/b"];
                try
                {
                    AppendResult result = await log.AppendAsync(Events, [.. texts.Select(text => Event(text))], None);
                    for (int j = 0; j < texts.Length; j++)
                    {
                        Assert.True(acknowledged.TryAdd(result.Outcomes[j].Position.Entry.Offset, texts[j]));
                    }
                }
                catch (LogUnavailableException)
                {
                    // Killed just now: nobody knows about this batch, so nothing is expected of it.
                    await BackAsync(log);
                }
            }
        }))];

        for (int round = 0; round < 2; round++)
        {
            int before = acknowledged.Count;
            await Eventually.TrueAsync("appends are acknowledged", () => acknowledged.Count > before + 200);
            await server.KillAsync();
            await server.StartAsync();
        }

        int last = acknowledged.Count;
        await Eventually.TrueAsync("appends are acknowledged again", () => acknowledged.Count > last + 50);
        await stopping.CancelAsync();
        await Task.WhenAll(appenders);

        List<LogEntry> all = [];
        StreamCursor after = Beginning(epoch);
        while (await ReadAsync(log, after) is { Entries.Count: > 0 } read)
        {
            Assert.Equal(ReadOutcome.Whole, read.Outcome);
            all.AddRange(read.Entries);
            after = after with { Entry = read.Entries[^1].Id };
        }

        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(entry => entry.Id.Offset));
        Assert.All(acknowledged, one => Assert.Equal(one.Value, Text(all[(int)one.Key - 1])));
    }

    [Fact]
    public async Task A_restart_without_persistence_gives_another_epoch()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        StreamCursor tail = (await FillAsync(log, 1, 5))[^1];

        await server.KillAsync();
        await server.StartAsync();
        await BackAsync(log);
        StreamCursor begun = (await FillAsync(log, 100, 7))[0];

        EventRead read = await ReadAsync(log, tail);
        Assert.Equal((ReadOutcome.OtherEpoch, null), (read.Outcome, read.Missing));
        Assert.Equal(Beginning(begun.Epoch).Entry.Offset, read.Start.Entry.Offset);
        Assert.Equal(begun.Epoch, read.Start.Epoch);
        Assert.NotEqual(tail.Epoch, begun.Epoch);
        Assert.Equal("event 100", Text(read.Entries[0]));
    }

    [Fact]
    public async Task A_read_alone_finds_that_everything_was_flushed()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        StreamCursor tail = (await FillAsync(log, 1, 5))[^1];

        await server.FlushAsync();

        EventRead read = await ReadAsync(log, tail);
        Assert.Equal((ReadOutcome.OtherEpoch, EntryId.Zero), (read.Outcome, read.Start.Entry));
        Assert.NotEqual(tail.Epoch, read.Start.Epoch);
        Assert.Equal(read.Start, (await log.OpenAsync(Events, None)).End);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(50)]
    public async Task After_a_failover_to_a_stale_copy_the_histories_part_where_the_copy_was_made(int appendedSince)
    {
        await using RedisServer server = await RedisServer.StartAsync(RedisPersistence.Always);
        await using RedisLog log = Create(server);
        List<StreamCursor> read = await FillAsync(log, 1, 80);
        string copy = System.IO.Directory.CreateTempSubdirectory("realtime-redis-copy-").FullName;
        try
        {
            await server.KillAsync();
            server.CopyDataTo(copy);
            await server.StartAsync();
            await BackAsync(log);
            read.AddRange(await FillAsync(log, 81, 20));
            await server.KillAsync();
            server.ReplaceDataBy(copy);
            await server.StartAsync();
            await BackAsync(log);
        }
        finally
        {
            System.IO.Directory.Delete(copy, recursive: true);
        }

        if (appendedSince > 0)
        {
            await FillAsync(log, 1000, appendedSince);
        }

        StreamCursor tail = read[^1];
        Assert.Equal(ReadOutcome.NotThere, (await ReadAsync(log, tail)).Outcome);
        Epoch renewed = await log.RenewEpochAsync(Events, tail, [.. read.Select(position => position.Entry)], None);
        Assert.Equal(renewed, await log.RenewEpochAsync(Events, tail, [], None));

        EventRead lost = await ReadAsync(log, tail);
        Assert.Equal((ReadOutcome.OtherEpoch, 20L), (lost.Outcome, lost.Missing));
        Assert.Equal(read[79] with { Epoch = renewed }, lost.Start);
        Assert.Equal(appendedSince, lost.Entries.Count);
        EventRead shared = await ReadAsync(log, read[39]);
        Assert.Equal((ReadOutcome.OtherEpoch, 0L), (shared.Outcome, shared.Missing));
        Assert.Equal(40 + appendedSince, shared.Entries.Count);
    }

    [Fact]
    public async Task A_terminal_that_was_lost_is_told_to_producer_and_viewer()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        TerminalAppendResult first = await log.AppendTerminalAsync(Terminal, Bytes("hello"), None);

        await server.FlushAsync();
        Assert.Null(await log.FindTerminalAsync(Terminal, None));
        TerminalAppend next = Bytes(" world") with { Offset = first.End };
        TerminalAppendResult hole = await log.AppendTerminalAsync(Terminal, next, None);
        TerminalAppendResult begun =
            await log.AppendTerminalAsync(Terminal, next with { AfterLoss = hole.Epoch }, None);

        Assert.Equal((TerminalAppendStatus.Hole, 0L), (hole.Status, hole.End));
        Assert.Equal((TerminalAppendStatus.Stored, 11L), (begun.Status, begun.End));
        TerminalRead? viewer = await log.ReadTerminalAsync(
            Terminal, new TerminalCursor(5, first.Epoch), 1024, ReadLane.Bulk, None);
        Assert.Equal(ReadOutcome.OtherEpoch, viewer!.Outcome);
        Assert.Equal(new TerminalCursor(5, begun.Epoch), viewer.Start);

        // The lists of terminals were flushed too: the one that was remembered must be listed again.
        Assert.Contains("acme/task-1", await ListedAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_loss_a_producer_is_told_to_begin_with_one()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        EventAppend Numbered(int seq, long epoch) =>
            Event($"{epoch}/{seq}") with { Producer = new ProducerNumber("p", "g", epoch, seq) };
        await log.AppendAsync(Events, [Numbered(1, 5), Numbered(2, 5)], None);
        await server.CommandAsync("FLUSHALL");

        AppendResult told = await log.AppendAsync(Events, [Numbered(3, 5)], None);
        Assert.Equal((AppendStatus.ProducerGap, 1), (told.Outcomes[0].Status, told.Outcomes[0].ExpectedSeq));
        AppendResult anew = await log.AppendAsync(Events, [Numbered(1, 6)], None);
        Assert.Equal(AppendStatus.Stored, anew.Outcomes[0].Status);
    }

    private static async Task<string> ListedAsync(RedisServer server)
    {
        var keys = new RedisKeys(new RedisGeneration(4));
        string[] listed = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            partition => server.CommandAsync("ZRANGE", keys.Terminals(partition), "0", "-1")));
        return string.Join('\n', listed);
    }
}
