using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task Reading_an_empty_stream_from_its_beginning_is_whole()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        EventRead read = await ReadAsync(log, await BeginningAsync(log));

        Assert.Equal(ReadOutcome.Whole, read.Outcome);
        Assert.Empty(read.Entries);
        Assert.Equal(EntryId.Zero, read.Last);
    }

    [Fact]
    public async Task Reading_goes_on_exactly_after_the_cursor()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 10);

        EventRead middle = await ReadAsync(log, positions[3]);
        EventRead end = await ReadAsync(log, positions[9]);

        Assert.Equal(ReadOutcome.Whole, middle.Outcome);
        Assert.Equal(positions[3], middle.Start);
        Assert.Equal(positions.Skip(4).Select(p => p.Entry), middle.Entries.Select(e => e.Id));
        Assert.Equal(ReadOutcome.Whole, end.Outcome);
        Assert.Empty(end.Entries);
        Assert.Equal(positions[9].Entry, end.Last);
    }

    [Theory]
    [InlineData(ReadLane.Live)]
    [InlineData(ReadLane.Bulk)]
    public async Task A_read_stops_at_its_limits_but_returns_at_least_one_entry(ReadLane lane)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamCursor beginning = await BeginningAsync(log);
        EventAppend[] batch = [.. Enumerable.Range(0, 10).Select(i => Event(new string((char)('a' + i), 100)))];
        await log.AppendAsync(Stream, batch, None);

        Assert.Equal(3, (await log.ReadAsync(Stream, beginning, new(3, 100_000), lane, None)).Entries.Count);
        Assert.Equal(2, (await log.ReadAsync(Stream, beginning, new(100, 299), lane, None)).Entries.Count);
        Assert.Equal(3, (await log.ReadAsync(Stream, beginning, new(100, 300), lane, None)).Entries.Count);
        Assert.Single((await log.ReadAsync(Stream, beginning, new(100, 1), lane, None)).Entries);
        Assert.Equal(10, (await log.ReadAsync(Stream, beginning, ReadLimit.Default, lane, None)).Entries.Count);
    }

    [Fact]
    public async Task What_was_trimmed_by_length_is_told_exactly()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { EntriesPerStreamMax = 100 });
        await AssertTrimmingIsToldAsync(log, await FillAsync(log, 1000), retainedMin: 100);
    }

    [Fact]
    public async Task What_was_trimmed_by_bytes_is_told_exactly()
    {
        // A share of 64 KiB for each of the four streams.
        await using IPartitionedLog log =
            await CreateAsync(Options with { StoredBytesPerTenantMax = Partitions * 64 * 1024 });
        List<StreamCursor> positions = [];
        for (int i = 0; i < 400; i++)
        {
            EventAppend[] two = [Event($"{i}a".PadRight(1024)), Event($"{i}b".PadRight(1024))];
            positions.AddRange((await log.AppendAsync(Stream, two, None)).Outcomes.Select(o => o.Position));
        }

        await AssertTrimmingIsToldAsync(log, positions, retainedMin: 1);
    }

    private async Task AssertTrimmingIsToldAsync(IPartitionedLog log, List<StreamCursor> positions, int retainedMin)
    {
        StreamCursor beginning = positions[0] with { Entry = EntryId.Zero };
        EventRead fromZero = await ReadAsync(log, beginning);
        Assert.Equal(ReadOutcome.Trimmed, fromZero.Outcome);
        long first = fromZero.Entries[0].Id.Offset;
        Assert.InRange(first, 2, positions.Count - retainedMin + 1);
        Assert.Equal(first - 1, fromZero.Missing);
        Assert.Equal(first - 1, fromZero.Start.Entry.Offset);
        Assert.Equal(beginning.Epoch, fromZero.Start.Epoch);
        Assert.Equal(positions[(int)first - 1].Entry, fromZero.Entries[0].Id);
        Assert.True(fromZero.Start.Entry < fromZero.Entries[0].Id);

        EventRead behind = await ReadAsync(log, positions[0]);
        Assert.Equal((ReadOutcome.Trimmed, first - 2), (behind.Outcome, behind.Missing));
        Assert.Equal(first, behind.Entries[0].Id.Offset);

        EventRead justBefore = await ReadAsync(log, positions[(int)first - 2]);
        Assert.Equal(ReadOutcome.Whole, justBefore.Outcome);
        Assert.Equal(first, justBefore.Entries[0].Id.Offset);

        List<LogEntry> retained = await ReadAllAsync(log, fromZero.Start);
        Assert.Equal(positions.Skip((int)first - 1).Select(p => p.Entry), retained.Select(e => e.Id));
    }

    [Fact]
    public async Task A_cursor_ahead_of_the_end_is_not_there()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        EntryId last = positions[2].Entry;

        EventRead read = await ReadAsync(log, positions[2] with { Entry = new EntryId(last.Ms, last.Offset + 1) });

        AssertBegunAnew(ReadOutcome.NotThere, read, positions);
    }

    [Fact]
    public async Task A_cursor_ahead_of_an_empty_stream_is_not_there()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamCursor beginning = await BeginningAsync(log);

        EventRead read = await ReadAsync(log, beginning with { Entry = new EntryId(5, 5) });

        Assert.Equal(ReadOutcome.NotThere, read.Outcome);
        Assert.Null(read.Missing);
        Assert.Equal(0, read.Start.Entry.Offset);
        Assert.Empty(read.Entries);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_cursor_that_names_an_entry_that_never_was_is_not_there(int msOff)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        EntryId second = positions[1].Entry;
        EntryId invented = new(second.Ms + msOff, second.Offset);

        EventRead read = await ReadAsync(log, positions[1] with { Entry = invented });

        AssertBegunAnew(ReadOutcome.NotThere, read, positions);
    }

    [Fact]
    public async Task A_cursor_of_an_unknown_epoch_begins_anew()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);

        EventRead read = await ReadAsync(log, positions[1] with { Epoch = OtherThan(positions[1].Epoch) });

        AssertBegunAnew(ReadOutcome.OtherEpoch, read, positions);
    }

    private static void AssertBegunAnew(ReadOutcome outcome, EventRead read, List<StreamCursor> positions)
    {
        Assert.Equal(outcome, read.Outcome);
        Assert.Null(read.Missing);
        Assert.Equal((0L, positions[0].Epoch), (read.Start.Entry.Offset, read.Start.Epoch));
        Assert.Equal(positions.Select(p => p.Entry), read.Entries.Select(e => e.Id));
    }

    [Fact]
    public async Task The_start_of_a_read_is_a_cursor_to_go_on_from()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        EventRead anew = await ReadAsync(log, positions[1] with { Epoch = OtherThan(positions[1].Epoch) });

        EventRead again = await ReadAsync(log, anew.Start);

        Assert.Equal(ReadOutcome.Whole, again.Outcome);
        Assert.Equal(3, again.Entries.Count);
    }

    [Fact]
    public async Task Sweeping_twice_is_harmless()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        List<StreamCursor> positions = await FillAsync(log, 3);
        await log.AppendAsync(Stream, [Event("value", "key-1", "state")], None);
        await log.AppendTerminalAsync(Terminal, Bytes("output"), None);

        for (int i = 0; i < 2 * Partitions; i++)
        {
            Assert.Equal(default, await log.SweepAsync(i % Partitions, None));
        }

        StreamCursor beginning = positions[0] with { Entry = EntryId.Zero };
        Assert.Equal(4, (await ReadAllAsync(log, beginning)).Count);
        Assert.Single((await log.OpenAsync(Stream, None)).State);
        AppendResult again = await log.AppendAsync(Stream, [Event("value", "key-1", "state")], None);
        Assert.Equal([AppendStatus.Duplicate], Statuses(again));
        Assert.Equal("output", await ReadTerminalTextAsync(log));
    }
}
