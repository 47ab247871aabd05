using Realtime.Log;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// The order of one connection's requests. What concerns one stream of events, or one terminal, is done one after the
/// other as it came in; lanes go at the same time. A refused request that may succeed later closes its lane to those
/// with higher numbers until it comes again, so that nothing overtakes it.
/// </summary>
/// <param name="terminalsMax">Lanes of terminals at a time.</param>
/// <param name="pressureChanged">
/// Told, one call at a time, when a terminal (by its task) or the events as a whole (null) should pause or may go on.
/// </param>
internal sealed class ProducerLanes(int terminalsMax, Action<string?, Pressure> pressureChanged)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LaneKey, ProducerLane> _lanes = [];
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
            return _terminals < terminalsMax || _lanes.ContainsKey(key) ? Enter(key, seq) : null;
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

    /// <summary>Notes the pressure of a lane.</summary>
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
        ProducerLane? lane;
        lock (_gate)
        {
            lane = _lanes.GetValueOrDefault(key);
        }

        if (lane is not null)
        {
            Tell(lane, pressure);
            Forget(lane);
        }
    }

    public void Leave(ProducerLane lane)
    {
        lock (_gate)
        {
            lane.Inside--;
        }

        Forget(lane);
    }

    private LaneTurn Enter(LaneKey key, long seq)
    {
        if (!_lanes.TryGetValue(key, out ProducerLane? lane))
        {
            _lanes.Add(key, lane = new ProducerLane(key));
            _terminals += key.Task is null ? 0 : 1;
        }

        var turn = new LaneTurn(this, lane, seq, lane.Last);
        lane.Last = turn.Left;
        lane.Inside++;
        return turn;
    }

    private void Forget(ProducerLane lane)
    {
        lock (_gate)
        {
            // Another may have its place by now.
            if (lane.IsForgettable && _lanes.GetValueOrDefault(lane.Key) == lane)
            {
                _lanes.Remove(lane.Key);
                _terminals -= lane.Key.Task is null ? 0 : 1;
            }
        }
    }
}
