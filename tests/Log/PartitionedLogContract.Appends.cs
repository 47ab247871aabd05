using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task Offsets_count_from_one_and_entries_come_back_as_they_were_appended()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamCursor beginning = await BeginningAsync(log);

        AppendResult first = await log.AppendAsync(Stream, Events(1, 3), None);
        AppendResult second = await log.AppendAsync(Stream, Events(4, 2), None);

        StreamCursor[] positions = [.. first.Outcomes.Concat(second.Outcomes).Select(o => o.Position)];
        Assert.Equal([1L, 2, 3, 4, 5], positions.Select(p => p.Entry.Offset));
        Assert.All(positions, p => Assert.Equal(beginning.Epoch, p.Epoch));
        EventRead read = await ReadAsync(log, beginning);
        Assert.Equal(["event 1", "event 2", "event 3", "event 4", "event 5"], Texts(read.Entries));
        Assert.Equal(positions.Select(p => p.Entry), read.Entries.Select(e => e.Id));
        Assert.Equal(positions[^1].Entry, read.Last);
        Assert.True(read.NowMs >= read.Last.Ms);
    }

    [Fact]
    public async Task An_empty_batch_stores_nothing()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        AppendResult result = await log.AppendAsync(Stream, [], None);

        Assert.Empty(result.Outcomes);
        Assert.Equal(EntryId.Zero, (await log.OpenAsync(Stream, None)).End.Entry);
    }

    [Fact]
    public async Task The_log_keeps_its_own_copy_of_what_was_appended()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        byte[] buffer = "before"u8.ToArray();

        await log.AppendAsync(Stream, [new EventAppend { Envelope = buffer, StateKey = "k" }], None);
        "after!"u8.CopyTo(buffer);

        EventRead read = await ReadAsync(log, await BeginningAsync(log));
        Assert.Equal(["before"], Texts(read.Entries));
        Assert.Equal("before", Text((await log.OpenAsync(Stream, None)).State[0].Envelope));
    }

    [Fact]
    public async Task Eight_concurrent_appenders_leave_no_holes_and_batches_stay_together()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        const int Appenders = 8, Batches = 25, BatchSize = 4;

        async Task<List<AppendResult>> AppendAsync(int appender)
        {
            List<AppendResult> mine = [];
            for (int b = 0; b < Batches; b++)
            {
                EventAppend[] batch = [.. Enumerable.Range(0, BatchSize).Select(i => Event($"{appender}/{b}/{i}"))];
                mine.Add(await log.AppendAsync(Stream, batch, None));
            }

            return mine;
        }

        List<AppendResult>[] results = await Task.WhenAll(
            Enumerable.Range(0, Appenders).Select(a => Task.Run(() => AppendAsync(a))));

        List<LogEntry> all = await ReadAllAsync(log, await BeginningAsync(log));
        Assert.Equal(Enumerable.Range(1, Appenders * Batches * BatchSize), all.Select(e => (int)e.Id.Offset));
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.Id < pair.Second.Id));
        for (int a = 0; a < Appenders; a++)
        {
            for (int b = 0; b < Batches; b++)
            {
                long first = results[a][b].Outcomes[0].Position.Entry.Offset;
                for (int i = 0; i < BatchSize; i++)
                {
                    Assert.Equal(first + i, results[a][b].Outcomes[i].Position.Entry.Offset);
                    Assert.Equal($"{a}/{b}/{i}", Text(all[(int)first + i - 1].Envelope));
                }
            }
        }
    }

    [Fact]
    public async Task A_known_key_with_the_same_body_gives_the_first_position_again()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        AppendResult first = await log.AppendAsync(Stream, [Event("a", "key-1"), Event("b")], None);

        AppendResult again = await log.AppendAsync(Stream, [Event("a", "key-1"), Event("c")], None);

        Assert.Equal([AppendStatus.Duplicate, AppendStatus.Stored], Statuses(again));
        Assert.Equal(first.Outcomes[0].Position, again.Outcomes[0].Position);
        Assert.Equal(["a", "b", "c"], Texts(await ReadAllAsync(log, await BeginningAsync(log))));
    }

    [Fact]
    public async Task A_key_is_known_within_its_own_batch_and_only_in_its_own_stream()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        AppendResult twice = await log.AppendAsync(Stream, [Event("a", "key-1"), Event("a", "key-1")], None);
        AppendResult elsewhere = await log.AppendAsync(Stream with { Partition = 2 }, [Event("z", "key-1")], None);

        Assert.Equal([AppendStatus.Stored, AppendStatus.Duplicate], Statuses(twice));
        Assert.Equal(twice.Outcomes[0].Position, twice.Outcomes[1].Position);
        Assert.Equal([AppendStatus.Stored], Statuses(elsewhere));
    }

    [Fact]
    public async Task A_known_key_with_another_body_is_a_conflict_and_the_rest_is_refused_after_it()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendAsync(Stream, [Event("a", "key-1")], None);

        AppendResult result = await log.AppendAsync(
            Stream, [Event("b"), Event("other", "key-1"), Event("c"), Event("a", "key-1")], None);

        Assert.Equal(
            [AppendStatus.Stored, AppendStatus.Conflict, AppendStatus.AfterRefused, AppendStatus.AfterRefused],
            Statuses(result));
        Assert.All(result.Outcomes.Skip(1), o => Assert.Equal(default, o.Position));
        Assert.Equal(["a", "b"], Texts(await ReadAllAsync(log, await BeginningAsync(log))));
    }

    [Fact]
    public async Task Of_many_appenders_with_one_key_exactly_one_stores()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => log.AppendAsync(Stream, [Event("a", "key-1")], None))));

        Assert.Single(results, r => r.Outcomes[0].Status == AppendStatus.Stored);
        Assert.Equal(15, results.Count(r => r.Outcomes[0].Status == AppendStatus.Duplicate));
        Assert.Single(results.Select(r => r.Outcomes[0].Position).Distinct());
        Assert.Single(await ReadAllAsync(log, await BeginningAsync(log)));
    }

    [Fact]
    public async Task Tenants_and_partitions_are_isolated_from_each_other()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamKey otherTenant = Stream with { Tenant = Stream.Tenant + "x" };
        StreamKey otherPartition = Stream with { Partition = 2 };
        await log.AppendAsync(Stream, [Event("mine", "key", "state")], None);

        AppendResult tenant = await log.AppendAsync(otherTenant, [Event("theirs", "key", "state")], None);
        AppendResult partition = await log.AppendAsync(otherPartition, [Event("next", "key", "state")], None);

        Assert.Equal(1, tenant.Outcomes[0].Position.Entry.Offset);
        Assert.Equal(1, partition.Outcomes[0].Position.Entry.Offset);
        Assert.Equal(["mine"], Texts(await ReadAllAsync(log, await BeginningAsync(log))));
        Assert.Equal("theirs", Text(Assert.Single((await log.OpenAsync(otherTenant, None)).State).Envelope));
        Assert.Equal("next", Text(Assert.Single((await log.OpenAsync(otherPartition, None)).State).Envelope));
    }

    [Fact]
    public async Task Calls_that_were_cancelled_before_they_began_do_nothing()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => log.AppendAsync(Stream, Events(1, 1), cancelled.Token));

        Assert.Equal(EntryId.Zero, (await log.OpenAsync(Stream, None)).End.Entry);
    }

    [Fact]
    public async Task The_log_tells_its_layout()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        await log.CheckAsync(None);

        Assert.Equal(Partitions, log.PartitionCount);
    }
}
