using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task Of_two_that_renew_an_epoch_one_wins_and_both_learn_it()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        StreamCursor lost = Ahead(positions[^1], 2);

        Epoch[] renewed = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => Task.Run(() => log.RenewEpochAsync(Stream, lost, [positions[^1].Entry], None))));

        Epoch epoch = Assert.Single(renewed.Distinct());
        Assert.NotEqual(lost.Epoch, epoch);
        Assert.False(epoch.IsNone);
        Assert.Equal(positions[^1] with { Epoch = epoch }, (await log.OpenAsync(Stream, None)).End);
    }

    [Fact]
    public async Task After_a_renewal_an_old_cursor_goes_on_where_the_histories_part()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 10);
        StreamCursor lost = Ahead(positions[^1], 3);
        EntryId[] recent =
        [
            .. positions.Select(p => p.Entry),
            Ahead(positions[^1], 1).Entry, Ahead(positions[^1], 2).Entry, lost.Entry,
        ];

        Epoch epoch = await log.RenewEpochAsync(Stream, lost, recent, None);
        AppendResult appended = await log.AppendAsync(Stream, Events(11, 2), None);

        Assert.Equal([11L, 12], appended.Outcomes.Select(o => o.Position.Entry.Offset));
        Assert.All(appended.Outcomes, o => Assert.Equal(epoch, o.Position.Epoch));

        EventRead shared = await ReadAsync(log, positions[6]);
        Assert.Equal((ReadOutcome.OtherEpoch, 0L), (shared.Outcome, shared.Missing));
        Assert.Equal(positions[6] with { Epoch = epoch }, shared.Start);
        Assert.Equal([8L, 9, 10, 11, 12], shared.Entries.Select(e => e.Id.Offset));

        EventRead parted = await ReadAsync(log, lost);
        Assert.Equal((ReadOutcome.OtherEpoch, 3L), (parted.Outcome, parted.Missing));
        Assert.Equal(positions[9] with { Epoch = epoch }, parted.Start);
        Assert.Equal([11L, 12], parted.Entries.Select(e => e.Id.Offset));

        EventRead beginning = await ReadAsync(log, positions[0] with { Entry = EntryId.Zero });
        Assert.Equal((ReadOutcome.OtherEpoch, 0L), (beginning.Outcome, beginning.Missing));
        Assert.Equal(12, beginning.Entries.Count);

        EventRead present = await ReadAsync(log, positions[6] with { Epoch = epoch });
        Assert.Equal(ReadOutcome.Whole, present.Outcome);
    }

    [Fact]
    public async Task The_latest_recent_id_that_stands_is_where_the_histories_part()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 6);
        EntryId fourth = positions[3].Entry;

        // The log's 5 and 6 are others than the ones that were read.
        StreamCursor lost = positions[5] with { Entry = new EntryId(positions[5].Entry.Ms + 7, 6) };
        EntryId[] recent = [positions[2].Entry, fourth, new EntryId(positions[4].Entry.Ms + 7, 5), lost.Entry];
        await log.RenewEpochAsync(Stream, lost, recent, None);

        EventRead read = await ReadAsync(log, lost);

        Assert.Equal((ReadOutcome.OtherEpoch, 2L), (read.Outcome, read.Missing));
        Assert.Equal(fourth, read.Start.Entry);
        Assert.Equal([5L, 6], read.Entries.Select(e => e.Id.Offset));
    }

    [Fact]
    public async Task With_no_recent_id_that_stands_reading_begins_anew()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        StreamCursor lost = Ahead(positions[^1], 2);

        await log.RenewEpochAsync(Stream, lost, [lost.Entry], None);
        EventRead read = await ReadAsync(log, lost);

        Assert.Equal((ReadOutcome.OtherEpoch, 0L), (read.Outcome, read.Start.Entry.Offset));
        Assert.Equal(3, read.Entries.Count);
    }

    [Fact]
    public async Task Only_the_epoch_before_the_present_one_is_remembered()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        EntryId[] recent = [positions[^1].Entry];
        Epoch second = await log.RenewEpochAsync(Stream, Ahead(positions[^1], 1), recent, None);
        Epoch third = await log.RenewEpochAsync(Stream, Ahead(positions[^1], 1) with { Epoch = second }, recent, None);

        EventRead read = await ReadAsync(log, positions[1]);

        Assert.NotEqual(second, third);
        Assert.Equal(ReadOutcome.OtherEpoch, read.Outcome);
        Assert.Null(read.Missing);
        Assert.Equal((0L, third), (read.Start.Entry.Offset, read.Start.Epoch));
        Assert.Equal(3, read.Entries.Count);
    }

    [Fact]
    public async Task A_renewal_keeps_the_state_under_the_ids_it_had()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        AppendResult append = await log.AppendAsync(Stream, [Event("a", state: "a")], None);
        StreamCursor position = append.Outcomes[0].Position;

        await log.RenewEpochAsync(Stream, Ahead(position, 1), [position.Entry], None);

        Assert.Equal(position, Assert.Single((await log.OpenAsync(Stream, None)).State).Position);
    }

    private static StreamCursor Ahead(StreamCursor cursor, int by) =>
        cursor with { Entry = new EntryId(cursor.Entry.Ms, cursor.Entry.Offset + by) };
}
