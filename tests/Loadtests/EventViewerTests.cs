using System.Diagnostics;
using System.Text;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Steps;

namespace Realtime.Tests.Loadtests;

public class EventViewerTests
{
    private const long Run = 7;

    private readonly Step _deliver = new("deliver");

    [Fact]
    public void Deliveries_are_counted_once_and_only_those_due_in_the_measured_time_are_measured()
    {
        long start = Stopwatch.GetTimestamp() - Stopwatch.Frequency;
        _deliver.Measure(start + 1, start + 3);
        var viewer = new EventViewer(new EventPlan(Run, 2), 0, _deliver);

        for (int i = 0; i < 4; i++)
        {
            viewer.OnMessage(Message(Run, 0, i, start + i));
        }

        viewer.OnMessage(Message(Run, 0, 3, start + 3));

        Assert.Equal(4, _deliver.Done);
        Assert.Equal(2, _deliver.Latency.Count);
        Assert.InRange(_deliver.Latency.Max, 1_000_000, 60_000_000);
        Assert.Equal(1, viewer.Duplicates);
    }

    [Fact]
    public void Events_of_another_agent_are_misrouted()
    {
        var viewer = new EventViewer(new EventPlan(Run, 2), 0, _deliver);

        viewer.OnMessage(Message(Run, 1, 0, 1));

        Assert.Equal(1, viewer.Misrouted);
        Assert.Equal(0, _deliver.Done);
    }

    [Fact]
    public void Events_of_another_run_and_other_messages_are_left_out()
    {
        var viewer = new EventViewer(new EventPlan(Run, 2), 0, _deliver);

        viewer.OnMessage(Message(Run + 1, 0, 0, 1));
        viewer.OnMessage("""{"op":"cursor"}"""u8);

        Assert.Equal((0, 0, 0), (viewer.Misrouted, viewer.Duplicates, _deliver.Done));
    }

    [Fact]
    public void A_viewer_of_several_agents_checks_each_by_itself()
    {
        var viewer = new EventViewer(new EventPlan(Run, 6, 2), 1, _deliver);

        foreach ((int agent, int sequence) in new[] { (2, 0), (3, 0), (3, 1), (3, 3), (4, 0) })
        {
            viewer.OnMessage(Message(Run, agent, sequence, 1));
        }

        // Of 24 events each agent has 4: agent 2 lacks three, agent 3 one; agent 4 is another's.
        Assert.Equal((4, 1, 4), (viewer.MissingOf(24), viewer.Misrouted, _deliver.Done));
        Assert.Equal((8, 5), (new EventPlan(Run, 6, 2).ExpectedOf(1, 24), new EventPlan(Run, 6, 2).ExpectedOf(1, 15)));
    }

    private static byte[] Message(long run, int agent, long sequence, long due) =>
        Encoding.ASCII.GetBytes(
            $$$"""{"op":"event","payload":{"stamp":"{{{run}}}.{{{agent}}}.{{{sequence}}}.{{{due}}}"}}""");
}
