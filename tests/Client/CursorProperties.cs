using FsCheck;
using FsCheck.Fluent;
using Realtime.Client.Subscriptions;
using Realtime.Protocol;

namespace Realtime.Tests.Client;

/// <summary>The cursor's rules (PROTOCOL.md section 6), for any sequence of events and cursors.</summary>
public class CursorProperties
{
    private static readonly Epoch[] Epochs = [Epoch.Parse("aaaaaa"), Epoch.Parse("bbbbbb")];

    private static Arbitrary<EventPosition[]> Deliveries => Arb.From(
        (from partition in Gen.Choose(0, 2)
         from offset in Gen.Choose(1, 12)
         select new EventPosition(partition, new EntryId(1000 + offset, offset), Epochs[0])).ArrayOf());

    [Fact]
    public void Whatever_comes_again_each_event_is_taken_once_and_in_order() => Prop.ForAll(Deliveries, delivered =>
    {
        var cursor = new Cursor();
        EventPosition[] taken = [.. delivered.Where(cursor.TryMove)];
        return taken.Distinct().Count() == taken.Length
            && taken.GroupBy(position => position.Partition).All(stream =>
                stream.Select(position => position.Entry.Offset).SequenceEqual(
                    stream.Select(position => position.Entry.Offset).Order()));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_resume_anywhere_loses_nothing_and_repeats_nothing() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 20)), Arb.From(Gen.Choose(0, 20)), (broke, resent) =>
        {
            EventPosition[] stream =
                [.. Enumerable.Range(1, 20).Select(i => new EventPosition(3, new EntryId(1000, i), Epochs[0]))];
            var cursor = new Cursor();
            var taken = stream.Take(broke).Where(cursor.TryMove).ToList();

            // Another process goes on from the positions alone; the server sends more than it must.
            var resumed = new Cursor(cursor.Positions);
            taken.AddRange(stream.Skip(Math.Min(broke, resent)).Where(resumed.TryMove));
            return taken.SequenceEqual(stream);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_adopted_cursor_never_moves_back_within_its_epoch() => Prop.ForAll(Deliveries, adopted =>
    {
        var cursor = new Cursor();
        foreach (EventPosition position in adopted)
        {
            long before = OffsetOf(cursor, position.Partition);
            cursor.Adopt([position]);
            if (OffsetOf(cursor, position.Partition) < before)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_epoch_is_always_taken()
    {
        var cursor = new Cursor([new EventPosition(1, new EntryId(5, 50), Epochs[0])]);

        Assert.True(cursor.TryMove(new EventPosition(1, new EntryId(6, 1), Epochs[1])));
        Assert.False(cursor.TryMove(new EventPosition(1, new EntryId(6, 1), Epochs[1])));
        Assert.Equal([new EventPosition(1, new EntryId(6, 1), Epochs[1])], cursor.Positions);
    }

    private static long OffsetOf(Cursor cursor, int partition) =>
        cursor.Positions.Where(position => position.Partition == partition)
            .Select(one => one.Entry.Offset).SingleOrDefault();
}
