using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task Nothing_lies_before_the_end_of_an_empty_stream()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamCursor beginning = await BeginningAsync(log);

        foreach (StreamCursor? before in (StreamCursor?[])[null, PlaceAfter(beginning)])
        {
            EventReadBack read = await ReadBackAsync(log, before);
            Assert.Equal((ReadOutcome.Whole, beginning, false), (read.Outcome, read.End, read.HasOlder));
            Assert.Empty(read.Entries);
        }
    }

    [Fact]
    public async Task Reading_back_a_stream_that_was_never_used_gives_it_its_epoch()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        EventReadBack read = await ReadBackAsync(log, null);

        Assert.Equal((await log.OpenAsync(Stream, None)).End, read.End);
        Assert.False(read.End.Epoch.IsNone);
    }

    [Fact]
    public async Task Reading_back_gives_what_is_before_newest_first_and_says_when_it_is_all()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 10);
        EntryId[] newestFirst = [.. positions.Select(p => p.Entry).Reverse()];

        EventReadBack whole = await ReadBackAsync(log, null);
        EventReadBack fromEnd = await ReadBackAsync(log, PlaceAfter(positions[9]));
        EventReadBack middle = await ReadBackAsync(log, positions[6], new ReadLimit(4, 1024));
        EventReadBack rest = await ReadBackAsync(log, positions[2], new ReadLimit(2, 1024));
        EventReadBack beforeFirst = await ReadBackAsync(log, positions[0]);

        Assert.Equal(newestFirst, whole.Entries.Select(e => e.Id));
        Assert.Equal((ReadOutcome.Whole, positions[9], false), (whole.Outcome, whole.End, whole.HasOlder));
        Assert.Equal("event 10", Text(whole.Entries[0].Envelope));
        Assert.Equal(newestFirst, fromEnd.Entries.Select(e => e.Id));
        Assert.Equal(newestFirst[4..8], middle.Entries.Select(e => e.Id));
        Assert.True(middle.HasOlder);
        Assert.Equal(newestFirst[8..], rest.Entries.Select(e => e.Id));
        Assert.False(rest.HasOlder);
        Assert.Equal(
            (ReadOutcome.Whole, 0, false), (beforeFirst.Outcome, beforeFirst.Entries.Count, beforeFirst.HasOlder));
    }

    [Fact]
    public async Task The_place_of_the_end_keeps_its_meaning_when_more_is_appended()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamCursor end = (await FillAsync(log, 3))[^1];
        for (int i = 0; i < 3; i++)
        {
            Tick(TimeSpan.FromSeconds(1));
            await log.AppendAsync(Stream, Events(4 + i, 1), None);
        }

        EventReadBack read = await ReadBackAsync(log, PlaceAfter(end));

        Assert.Equal(["event 3", "event 2", "event 1"], Texts(read.Entries));
    }

    [Theory]
    [InlineData(ReadLane.Live)]
    [InlineData(ReadLane.Bulk)]
    public async Task A_read_back_stops_at_its_limits_but_returns_at_least_one_entry(ReadLane lane)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        EventAppend[] batch = [.. Enumerable.Range(0, 10).Select(i => Event(new string((char)('a' + i), 100)))];
        await log.AppendAsync(Stream, batch, None);

        (ReadLimit Limit, int Expected)[] cases =
        [
            (new(3, 100_000), 3), (new(100, 299), 2), (new(100, 300), 3), (new(100, 1), 1), (new(10, 100_000), 10),
            (ReadLimit.Default, 10),
        ];
        foreach ((ReadLimit limit, int expected) in cases)
        {
            EventReadBack read = await log.ReadBackAsync(Stream, null, limit, lane, None);
            Assert.Equal((expected, expected < 10), (read.Entries.Count, read.HasOlder));
            Assert.StartsWith("j", Text(read.Entries[0].Envelope), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, LogLimits.ReadBytesMax + 1)]
    [InlineData(LogLimits.ReadEntriesMax + 1, 1)]
    public async Task A_read_back_beyond_the_limits_of_the_log_is_the_callers_error(int entries, int bytes)
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        await Assert.ThrowsAnyAsync<ArgumentOutOfRangeException>(
            () => ReadBackAsync(log, null, new ReadLimit(entries, bytes)));
    }

    [Theory]
    [InlineData(1, 1_000_000)]
    [InlineData(70, 1_000_000)]
    [InlineData(1000, 1500)]
    public async Task Paging_back_meets_every_entry_once_down_to_the_first_retained(int entries, int bytes)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 400);
        List<LogEntry> met = [];
        EventReadBack read = await ReadBackAsync(log, null, new ReadLimit(entries, bytes));
        met.AddRange(read.Entries);
        while (read.HasOlder)
        {
            read = await ReadBackAsync(log, read.End with { Entry = met[^1].Id }, new ReadLimit(entries, bytes));
            Assert.Equal(ReadOutcome.Whole, read.Outcome);
            Assert.NotEmpty(read.Entries);
            met.AddRange(read.Entries);
        }

        Assert.Equal(positions.Select(p => p.Entry).Reverse(), met.Select(e => e.Id));
    }

    [Fact]
    public async Task Trimming_under_way_ends_the_paging_without_a_hole()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { EntriesPerStreamMax = 100 });
        List<StreamCursor> positions = await FillAsync(log, 1000);
        List<LogEntry> met = [];
        EventReadBack read = await ReadBackAsync(log, null, new ReadLimit(10, 10_000));
        met.AddRange(read.Entries);
        while (read.HasOlder)
        {
            // By so many at a time that the first retained one comes nearer, and at last passes the reader.
            await FillAsync(log, 50);
            read = await ReadBackAsync(log, read.End with { Entry = met[^1].Id }, new ReadLimit(10, 10_000));
            met.AddRange(read.Entries);
        }

        Assert.Equal(positions.Select(p => p.Entry).Reverse().Take(met.Count), met.Select(e => e.Id));
        Assert.InRange(met.Count, 10, 999);

        EventReadBack gone = await ReadBackAsync(log, positions[0]);
        Assert.Equal((ReadOutcome.Trimmed, 0, false), (gone.Outcome, gone.Entries.Count, gone.HasOlder));
        EventReadBack place = await ReadBackAsync(log, positions[0] with { Entry = EntryId.Zero });
        Assert.Equal(ReadOutcome.Trimmed, place.Outcome);
    }

    [Fact]
    public async Task Of_a_place_that_never_was_nothing_is_read()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        EntryId second = positions[1].Entry;
        StreamCursor[] invented =
        [
            Ahead(positions[2], 2),
            positions[1] with { Entry = new EntryId(second.Ms + 1000, second.Offset) },
            positions[1] with { Entry = new EntryId(second.Ms - 1000, second.Offset) },
            positions[1] with { Entry = new EntryId(long.MaxValue, long.MaxValue) },
        ];

        foreach (StreamCursor before in invented)
        {
            EventReadBack read = await ReadBackAsync(log, before);
            Assert.Equal((ReadOutcome.NotThere, false), (read.Outcome, read.HasOlder));
            Assert.Empty(read.Entries);
        }
    }

    [Fact]
    public async Task Of_an_unknown_epoch_nothing_is_read_back()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);

        foreach (Epoch epoch in (Epoch[])[OtherThan(positions[2].Epoch), default])
        {
            EventReadBack read = await ReadBackAsync(log, positions[2] with { Epoch = epoch });
            Assert.Equal((ReadOutcome.OtherEpoch, positions[2], false), (read.Outcome, read.End, read.HasOlder));
            Assert.Empty(read.Entries);
        }
    }

    [Fact]
    public async Task After_a_renewal_only_what_both_epochs_share_is_read_back_from_an_old_place()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 6);
        StreamCursor lost = Ahead(positions[^1], 3);
        Epoch epoch = await log.RenewEpochAsync(Stream, lost, [positions[3].Entry], None);

        EventReadBack shared = await ReadBackAsync(log, positions[3]);
        EventReadBack own = await ReadBackAsync(log, positions[4]);
        EventReadBack present = await ReadBackAsync(log, positions[4] with { Epoch = epoch });

        Assert.Equal((ReadOutcome.Whole, epoch), (shared.Outcome, shared.End.Epoch));
        Assert.Equal([3L, 2, 1], shared.Entries.Select(e => e.Id.Offset));
        Assert.Equal((ReadOutcome.OtherEpoch, 0, false), (own.Outcome, own.Entries.Count, own.HasOlder));
        Assert.Equal([4L, 3, 2, 1], present.Entries.Select(e => e.Id.Offset));
    }

    private Task<EventReadBack> ReadBackAsync(IPartitionedLog log, StreamCursor? before, ReadLimit? limit = null) =>
        log.ReadBackAsync(Stream, before, limit ?? ReadLimit.Default, ReadLane.Bulk, None);

    private static StreamCursor PlaceAfter(StreamCursor last) => Ahead(last, 1);
}
