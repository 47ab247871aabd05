using System.Text;
using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Whatever_is_done_to_a_stream_it_does_what_the_model_does(int seed) =>
        FollowModelAsync(seed, Options, entriesMax: int.MaxValue);

    /// <summary>Does random things to a stream and to its model, and compares all that can be seen.</summary>
    /// <param name="seed">What makes a failure come again.</param>
    /// <param name="options">The log's options.</param>
    /// <param name="entriesMax">How many entries the log keeps, exactly.</param>
    protected async Task FollowModelAsync(int seed, LogOptions options, int entriesMax)
    {
        await using IPartitionedLog log = await CreateAsync(options);
        Random random = new(seed);
        EventStreamModel model = new((await log.OpenAsync(Stream, None)).End.Epoch, entriesMax);
        for (int step = 0; step < 300; step++)
        {
            switch (random.Next(20))
            {
                case < 8:
                    await AppendToBothAsync(log, model, random);
                    break;
                case < 13:
                    await ReadBackFromBothAsync(log, model, random);
                    break;
                case < 17:
                    await ReadFromBothAsync(log, model, random);
                    break;
                case < 19:
                    StreamOpening opening = await log.OpenAsync(Stream, None);
                    Assert.Equal((model.Epoch, model.Last), (opening.End.Epoch, opening.End.Entry.Offset));
                    Assert.Equal(model.State, opening.State.Select(s => (s.StateKey, s.Position.Entry.Offset)));
                    break;
                default:
                    await RenewBothAsync(log, model, random);
                    break;
            }
        }
    }

    private async Task AppendToBothAsync(IPartitionedLog log, EventStreamModel model, Random random)
    {
        EventAppend[] batch = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Event(
            $"body {random.Next(4)}",
            key: random.Next(3) == 0 ? $"key-{random.Next(100)}" : null,
            state: random.Next(2) == 0 ? $"state-{random.Next(6)}" : null,
            deletes: random.Next(4) == 0))];

        AppendResult result = await log.AppendAsync(Stream, batch, None);

        bool refused = false;
        for (int i = 0; i < batch.Length; i++)
        {
            string text = Text(batch[i].Envelope);
            AppendStatus expected = model.Expect(batch[i], text, refused);
            (AppendStatus status, StreamCursor position) = result.Outcomes[i];
            Assert.Equal(expected, status);
            switch (status)
            {
                case AppendStatus.Stored:
                    Assert.Equal((model.Last + 1, model.Epoch), (position.Entry.Offset, position.Epoch));
                    model.Store(batch[i], text, position);
                    break;
                case AppendStatus.Duplicate:
                    Assert.Equal(model.FirstOf(batch[i].IdempotencyKey!), position);
                    break;
                default:
                    refused = true;
                    break;
            }
        }

        model.Trim();
    }

    private async Task ReadFromBothAsync(IPartitionedLog log, EventStreamModel model, Random random)
    {
        StreamCursor cursor = NextCursor(model, random);
        int entries = random.Next(1, 60);

        EventRead read = await ReadAsync(log, cursor, new ReadLimit(entries, 1024 * 1024));

        (ReadOutcome outcome, long start, long? missing) = model.Resolve(cursor);
        Assert.Equal((outcome, start, model.Epoch), (read.Outcome, read.Start.Entry.Offset, read.Start.Epoch));
        Assert.Equal(missing ?? -1, outcome == ReadOutcome.Whole ? 0 : read.Missing ?? -1);
        Assert.Equal(model.Last, read.Last.Offset);
        Assert.Equal(model.After(start).Take(entries), Texts(read.Entries));
    }

    private async Task ReadBackFromBothAsync(IPartitionedLog log, EventStreamModel model, Random random)
    {
        StreamCursor before = NextCursor(model, random);
        int entries = random.Next(1, 60);

        EventReadBack read = await log.ReadBackAsync(
            Stream, before, new ReadLimit(entries, 1024 * 1024), ReadLane.Bulk, None);

        (ReadOutcome outcome, string[] texts) = model.Before(before);
        Assert.Equal((outcome, model.Epoch, model.Last), (read.Outcome, read.End.Epoch, read.End.Entry.Offset));
        Assert.Equal(texts.Take(entries), Texts(read.Entries));
        Assert.Equal(texts.Length > entries, read.HasOlder);
    }

    // Mostly one that stands or stood, sometimes one that never did.
    private static StreamCursor NextCursor(EventStreamModel model, Random random)
    {
        StreamCursor cursor = model.Cursors[random.Next(model.Cursors.Count)];
        return random.Next(10) switch
        {
            0 when cursor.Entry.Offset > 0 => cursor with { Entry = new(cursor.Entry.Ms + 1, cursor.Entry.Offset) },
            1 => Ahead(cursor, 1000),
            2 => cursor with { Epoch = OtherThan(cursor.Epoch) },
            3 => Ahead(cursor, 1),
            _ => cursor,
        };
    }

    private async Task RenewBothAsync(IPartitionedLog log, EventStreamModel model, Random random)
    {
        int end = model.Cursors.Count - random.Next(4);
        EntryId[] recent = [.. model.Cursors.Take(end).Skip(end - 1 - random.Next(5)).Select(c => c.Entry)];
        long parted = recent.Where(model.Stands).Select(id => id.Offset).LastOrDefault();
        if (parted == 0)
        {
            return; // Where histories part is unknown then, and logs may say what they like.
        }

        StreamCursor lost = new(new EntryId(1, model.Last + 5), model.Epoch);
        model.Renew(await log.RenewEpochAsync(Stream, lost, recent, None), parted);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_is_done_to_a_terminal_its_bytes_are_those_of_the_model(int seed)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Random random = new(seed);
        List<byte> model = [];
        await log.AppendTerminalAsync(Terminal, Bytes("begun "), None);
        model.AddRange(Encoding.UTF8.GetBytes("begun "));
        for (int step = 0; step < 150; step++)
        {
            byte[] data = new byte[random.Next(1, 200)];
            random.NextBytes(data);
            int offset = Math.Max(0, model.Count + random.Next(-150, 10));

            // A retry says what it said before.
            model.Skip(offset).Take(data.Length).ToArray().CopyTo(data, 0);
            TerminalAppendResult result =
                await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = data, Offset = offset }, None);

            Assert.Equal(
                offset > model.Count ? TerminalAppendStatus.Hole
                    : offset + data.Length <= model.Count ? TerminalAppendStatus.Duplicate
                    : TerminalAppendStatus.Stored,
                result.Status);
            if (result.Status == TerminalAppendStatus.Stored)
            {
                model.AddRange(data[(model.Count - offset)..]);
            }

            Assert.Equal(model.Count, result.End);
            int from = random.Next(model.Count + 1);
            Assert.Equal(model.Skip(from), await ReadTerminalBytesAsync(log, from, random.Next(1, 5000)));
        }
    }
}
