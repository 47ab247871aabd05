using System.Diagnostics;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Audiences;

/// <summary>
/// One viewer of some agents that follow each other: checks that it sees each of their events once and in order, and
/// when.
/// </summary>
internal sealed class EventViewer
{
    private readonly EventPlan _plan;
    private readonly int _first;
    private readonly Step _deliver;
    private readonly SequenceCheck[] _sequences;

    /// <summary>Makes viewer number <paramref name="viewer"/> of a plan.</summary>
    public EventViewer(EventPlan plan, int viewer, Step deliver)
    {
        _plan = plan;
        _first = plan.FirstAgentOf(viewer);
        _deliver = deliver;
        _sequences = [.. Enumerable.Range(0, plan.AgentsEach).Select(_ => new SequenceCheck())];
    }

    /// <summary>Events that came, each counted once.</summary>
    public long Accepted { get; private set; }

    /// <summary>Events of this run that it should not see.</summary>
    public long Misrouted { get; private set; }

    /// <summary>How many came again.</summary>
    public long Duplicates => _sequences.Sum(sequence => sequence.Duplicates);

    /// <summary>How many came after one with a higher number.</summary>
    public long OutOfOrder => _sequences.Sum(sequence => sequence.OutOfOrder);

    /// <summary>How many did not come, of so many that were published over all agents.</summary>
    public long MissingOf(long published) =>
        _sequences.Select((sequence, i) => sequence.MissingOf(_plan.PublishedOf(AgentAt(i), published))).Sum();

    /// <summary>Takes one message; it may hold several events.</summary>
    public void OnMessage(ReadOnlySpan<byte> message)
    {
        long now = Stopwatch.GetTimestamp();
        while (Stamp.TryFindNext(ref message, out Stamp stamp))
        {
            if (stamp.Run != _plan.Run)
            {
                continue;
            }

            long place = (stamp.Agent - _first + _plan.Agents) % _plan.Agents;
            if (place < 0 || place >= _sequences.Length)
            {
                Misrouted++;
            }
            else if (_sequences[place].Accept(stamp.Sequence))
            {
                Accepted++;
                _deliver.Ok(stamp.Due, now);
            }
        }
    }

    private int AgentAt(int place) => (_first + place) % _plan.Agents;
}
