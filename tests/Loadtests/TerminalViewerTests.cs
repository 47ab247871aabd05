using System.Text;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Terminals;

namespace Realtime.Tests.Loadtests;

public class TerminalViewerTests
{
    private readonly TerminalContent _content = new("all that is said\n"u8, 1);
    private readonly TerminalViewer _viewer;

    public TerminalViewerTests() => _viewer = Viewer(0);

    [Fact]
    public void Bytes_that_are_right_and_whole_leave_nothing_to_complain_of()
    {
        Say(0, 40);
        Say(40, 20);

        Assert.Equal(
            (60, 0, 0, 2),
            (_viewer.Offsets.Received, _viewer.Offsets.MissingUpTo(60), _viewer.Inexact, _viewer.Messages));
        Assert.True(_viewer.WireBytes > 60);
    }

    [Fact]
    public void A_lost_a_repeated_and_a_wrong_message_are_seen()
    {
        Say(0, 10);
        Say(20, 10);
        Say(20, 10);
        Say(30, 10, "not what it said"u8[..10]);

        Assert.Equal((10, 10, 1), (_viewer.Offsets.MissingUpTo(40), _viewer.Offsets.Repeated, _viewer.Inexact));
    }

    [Fact]
    public void What_is_no_message_is_inexact()
    {
        _viewer.OnMessage("""{"op":"terminal","offset":"0"}"""u8);

        Assert.Equal(1, _viewer.Inexact);
    }

    [Fact]
    public void It_has_arrived_with_the_last_byte_that_is_wanted()
    {
        TerminalViewer viewer = Viewer(30);
        Send(viewer, 0, 29);
        Assert.False(viewer.Arrived.IsCompleted);

        Send(viewer, 29, 1);
        Assert.True(viewer.Arrived.IsCompleted);
    }

    [Fact]
    public void A_refusal_is_told_and_waited_for_no_longer()
    {
        TerminalViewer viewer = Viewer(30);
        viewer.OnMessage("""{"op":"error","code":"not_found","detail":"no such terminal"}"""u8);

        Assert.NotNull(viewer.Refusal);
        Assert.True(viewer.Arrived.IsCompleted);
    }

    [Fact]
    public void A_tail_begins_where_the_server_says()
    {
        var viewer = new TerminalViewer(TerminalFormat.Json, new ContentCheck(_content, 0, isShared: false))
        {
            BeginsWhereTold = true,
        };
        viewer.OnMessage("""{"op":"subscribed","id":"default","task":"t1","epoch":"k3x9qa","offset":500}"""u8);
        Send(viewer, 500, 10);

        Assert.Equal((0, 0, "k3x9qa"), (viewer.Offsets.MissingUpTo(510), viewer.Inexact, viewer.Epoch));
        Assert.NotEqual(0, viewer.SubscribedAt);
    }

    [Fact]
    public void Each_write_is_timed_once()
    {
        var recorder = new Step("deliver");
        recorder.Measure(0, long.MaxValue);
        _viewer.Expect(new WriteTimes(0, 10, new OpenLoopSchedule(0, 100), 5, recorder));

        Say(0, 15);
        Say(15, 10);
        Say(15, 10);
        Say(25, 35);

        Assert.Equal(5, recorder.Done);
    }

    private TerminalViewer Viewer(long wanted) =>
        new(TerminalFormat.Json, new ContentCheck(_content, 0, isShared: false)) { WantedEnd = wanted };

    private void Say(long offset, int length) => Send(_viewer, offset, length);

    private void Send(TerminalViewer viewer, long offset, int length) =>
        Say(viewer, offset, length, _content.Slice(0, offset, length).Span);

    private void Say(long offset, int length, ReadOnlySpan<byte> bytes) => Say(_viewer, offset, length, bytes);

    private static void Say(TerminalViewer viewer, long offset, int length, ReadOnlySpan<byte> bytes) =>
        viewer.OnMessage(Encoding.ASCII.GetBytes(
            $$"""{"op":"terminal","epoch":"k3x9qa","offset":{{offset}},"length":"""
            + $$"""{{length}},"data":"{{Convert.ToBase64String(bytes)}}","encoding":"base64"}"""));
}
