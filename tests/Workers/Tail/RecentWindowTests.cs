using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Workers.Delivery;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>The window keeps what it may, by number and by bytes, whatever is made of its events meanwhile.</summary>
public sealed class RecentWindowTests
{
    private static readonly Epoch Life = Epoch.Parse("aaaaaa");

    [Fact]
    public void Its_bytes_are_bounded_also_when_frames_are_made_of_what_it_keeps()
    {
        SharedEvent first = Event(1);
        var window = new RecentWindow(entriesMax: 1024, bytesMax: 10 * first.Weight);
        for (int offset = 1; offset <= 500; offset++)
        {
            SharedEvent item = Event(offset);
            window.Add(item);
            item.FrameFor(WireFormats.JsonFrames);
            item.FrameFor(WireFormats.ServerSentEvents);
            item.FrameFor(WireFormats.MessagePackFrames);
        }

        Assert.Equal(10, window.Ids().Count);
        Assert.Null(window.Find(490, Life));
        Assert.Equal(491, window.Find(491, Life)!.Offset);
        Assert.Null(window.Find(500, Epoch.Parse("bbbbbb")));
    }

    [Fact]
    public void A_jump_in_the_offsets_forgets_what_was_before()
    {
        var window = new RecentWindow(entriesMax: 16, bytesMax: long.MaxValue);
        window.Add(Event(1));
        window.Add(Event(2));
        window.Add(Event(7));
        Assert.Null(window.Find(2, Life));
        Assert.Equal([new EntryId(1007, 7)], window.Ids());
    }

    private static SharedEvent Event(int offset)
    {
        EventEnvelope envelope = NumberedEvents.Numbered(offset);
        return new SharedEvent(
            0, new StreamCursor(new EntryId(1000 + offset, offset), Life), new EntryId(999 + offset, offset - 1),
            envelope, TimeProvider.System);
    }
}
