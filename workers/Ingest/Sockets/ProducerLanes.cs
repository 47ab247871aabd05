using Realtime.Log;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// The order of one connection's requests. What concerns one stream of events, or one terminal, is done one after the
/// other as it came in; lanes go at the same time. A refused request that may succeed later closes its lane to those
/// with higher numbers until it comes again, so that nothing overtakes it. Terminals of which only a refusal is
/// remembered are bounded apart, or producers that gave up would lock their socket: beyond that the refusal of longest
/// ago is forgotten. At least as many are remembered as may be without an answer: so many a producer may have sent
/// behind a refusal that it has not read.
/// </summary>
/// <param name="options">How many lanes of terminals at a time.</param>
/// <param name="pressureChanged">
/// Told, one call at a time, when a terminal (by its task) or the events as a whole (null) should pause or may go on.
/// </param>
/// <param name="refusalForgotten">Told when a refusal is forgotten.</param>
internal sealed class ProducerLanes(
    PublishSocketOptions options, Action<string?, Pressure> pressureChanged, Action refusalForgotten)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LaneKey, ProducerLane> _lanes = [];
    private readonly LinkedList<ProducerLane> _remembered = new();
    private readonly int _rememberedMax = Math.Max(options.RefusedTerminalsMax, options.InFlightMax);

    // Those that are busy.
    private int _terminals;
    private int _pausedStreams;

    /// <summary>Lanes whose producer was told to pause.</summary>
    public IReadOnlyList<LaneKey> Paused
    {
        get
        {
            lock (_gate)
            {
                return [.. _lanes.Values.Where(static lane => lane.Paused is not null).Select(static lane => lane.Key)];
            }
        }
    }

    public LaneTurn EnterStream(int partition, long seq)
    {
        lock (_gate)
        {
            return Enter(new LaneKey(partition, null), seq);
        }
    }

    public LaneTurn? TryEnterTerminal(string task, long seq)
    {
        var key = new LaneKey(-1, task);
        lock (_gate)
        {
            return _terminals < options.TerminalsMax || _lanes.ContainsKey(key) ? Enter(key, seq) : null;
        }
    }

    public bool MayGo(ProducerLane lane, long seq)
    {
        lock (_gate)
        {
            if (lane.RefusedSeq < seq)
            {
                return false;
            }

            lane.RefusedSeq = null;
            return true;
        }
    }

    public void Refuse(ProducerLane lane, long seq)
    {
        lock (_gate)
        {
            lane.RefusedSeq = Math.Min(seq, lane.RefusedSeq ?? seq);
        }
    }

    /// <summary>Notes the pressure of a lane that is still inside.</summary>
    public void Tell(ProducerLane lane, Pressure pressure)
    {
        lock (_gate)
        {
            bool wasPaused = lane.Paused is not null;
            bool isPaused = pressure.State == PressureState.Pause;
            lane.Paused = isPaused ? pressure : null;
            if (wasPaused == isPaused)
            {
                return;
            }

            if (lane.Key.Task is { } task)
            {
                pressureChanged(task, pressure);
                return;
            }

            // One word for all streams: a producer doesn't know which event goes where.
            _pausedStreams += isPaused ? 1 : -1;
            if (_pausedStreams == (isPaused ? 1 : 0))
            {
                pressureChanged(null, pressure);
            }
        }
    }

    /// <summary>Notes the pressure of a lane that may be empty by now.</summary>
    public void Tell(LaneKey key, Pressure pressure)
    {
        lock (_gate)
        {
            if (_lanes.GetValueOrDefault(key) is { } lane)
            {
                Tell(lane, pressure);
                Settle(lane);
            }
        }
    }

    public void Leave(ProducerLane lane)
    {
        lock (_gate)
        {
            lane.Inside--;
            Settle(lane);
        }
    }

    private LaneTurn Enter(LaneKey key, long seq)
    {
        if (!_lanes.TryGetValue(key, out ProducerLane? lane))
        {
            _lanes.Add(key, lane = new ProducerLane(key));
        }

        var turn = new LaneTurn(this, lane, seq, lane.Last);
        lane.Last = turn.Left;
        lane.Inside++;
        Settle(lane);
        return turn;
    }

    // Counts it as what it is now, and forgets it if there is nothing to remember. Who is inside keeps it in its place.
    private void Settle(ProducerLane lane)
    {
        if (lane.Key.Task is not null && lane.IsCounted != lane.IsBusy)
        {
            lane.IsCounted = lane.IsBusy;
            _terminals += lane.IsBusy ? 1 : -1;
        }

        if (lane.IsBusy)
        {
            StopRemembering(lane);
        }
        else if (lane.RefusedSeq is null)
        {
            StopRemembering(lane);
            _lanes.Remove(lane.Key);
        }
        else if (lane.Key.Task is not null && lane.Remembered is null)
        {
            lane.Remembered = _remembered.AddLast(lane);
            if (_remembered.Count > _rememberedMax)
            {
                ProducerLane oldest = _remembered.First!.Value;
                StopRemembering(oldest);
                _lanes.Remove(oldest.Key);
                refusalForgotten();
            }
        }
    }

    private void StopRemembering(ProducerLane lane)
    {
        if (lane.Remembered is { } place)
        {
            _remembered.Remove(place);
            lane.Remembered = null;
        }
    }
}
