using System.Diagnostics;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Scenarios.FanOut;

/// <summary>One viewer of one agent: checks that it sees each of its events once and in order, and when.</summary>
internal sealed class FanOutViewer(long run, int agent, DeliveryRecorder recorder)
{
    /// <summary>The agent that it watches.</summary>
    public int Agent => agent;

    /// <summary>Whether all came, once, in order.</summary>
    public SequenceCheck Sequence { get; } = new();

    /// <summary>Events of this run that it should not see.</summary>
    public long Misrouted { get; private set; }

    /// <summary>Takes one message; it may hold several events.</summary>
    public void OnMessage(ReadOnlySpan<byte> message)
    {
        long now = Stopwatch.GetTimestamp();
        while (Stamp.TryFindNext(ref message, out Stamp stamp))
        {
            if (stamp.Run != run)
            {
                continue;
            }

            if (stamp.Agent != agent)
            {
                Misrouted++;
            }
            else if (Sequence.Accept(stamp.Sequence))
            {
                recorder.Record(stamp.Due, now);
            }
        }
    }
}
