using System.Diagnostics;
using System.Text;
using Realtime.Loadtests.Scenarios.FanOut;

namespace Realtime.Tests.Loadtests;

public class FanOutViewerTests
{
    private const long Run = 7;

    private readonly DeliveryRecorder _recorder = new();

    [Fact]
    public void Deliveries_are_counted_once_and_only_those_due_in_the_measured_time_are_measured()
    {
        long start = Stopwatch.GetTimestamp() - Stopwatch.Frequency;
        _recorder.Measure(start + 1, start + 3);
        var viewer = new FanOutViewer(Run, 0, _recorder);

        for (int i = 0; i < 4; i++)
        {
            viewer.OnMessage(Message(Run, 0, i, start + i));
        }

        viewer.OnMessage(Message(Run, 0, 3, start + 3));

        Assert.Equal(4, _recorder.Deliveries);
        Assert.Equal(2, _recorder.Latency.Count);
        Assert.InRange(_recorder.Latency.Max, 1_000_000, 60_000_000);
        Assert.Equal(1, viewer.Sequence.Duplicates);
    }

    [Fact]
    public void Events_of_another_agent_are_misrouted()
    {
        var viewer = new FanOutViewer(Run, 0, _recorder);

        viewer.OnMessage(Message(Run, 1, 0, 1));

        Assert.Equal(1, viewer.Misrouted);
        Assert.Equal(0, _recorder.Deliveries);
    }

    [Fact]
    public void Events_of_another_run_and_other_messages_are_left_out()
    {
        var viewer = new FanOutViewer(Run, 0, _recorder);

        viewer.OnMessage(Message(Run + 1, 0, 0, 1));
        viewer.OnMessage("""{"op":"cursor"}"""u8);

        Assert.Equal((0, 0, 0), (viewer.Misrouted, viewer.Sequence.Next, _recorder.Deliveries));
    }

    private static byte[] Message(long run, int agent, long sequence, long due) =>
        Encoding.ASCII.GetBytes(
            $$$"""{"op":"event","payload":{"stamp":"{{{run}}}.{{{agent}}}.{{{sequence}}}.{{{due}}}"}}""");
}
