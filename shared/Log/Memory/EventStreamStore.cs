using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>One event stream: its history, state, idempotency keys and readers, under one lock.</summary>
internal sealed class EventStreamStore
{
    // The objects and tables of an empty stream, so that streams without entries have a cost too.
    private const int EmptyCost = 1024;

    private readonly Lock _gate = new();
    private readonly LogOptions _options;
    private readonly ByteBudget _budget;
    private readonly EventHistory _history;
    private readonly StateTable _state;
    private readonly IdempotencyTable _keys;
    private readonly PressureGauge _gauge;
    private long _usedMs;
    private bool _retired;

    public EventStreamStore(LogOptions options, ByteBudget budget, long nowMs)
    {
        _options = options;
        _budget = budget;
        _history = new EventHistory(budget);
        _state = new StateTable(budget, options.StateKeysPerStreamMax);
        _keys = new IdempotencyTable(
            budget, options.IdempotencyKeysPerStreamMax, (long)options.IdempotencyWindow.TotalMilliseconds);
        _gauge = new PressureGauge(options.QueueDepthMax, options.Backpressure);
        _usedMs = nowMs;
        budget.Add(EmptyCost);
    }

    /// <summary>Appends a batch, unless there is no room or the stream was retired meanwhile.</summary>
    public AppendAttempt TryAppend(IReadOnlyList<EventAppend> batch, long nowMs, out AppendResult? result)
    {
        result = null;
        lock (_gate)
        {
            if (_retired)
            {
                return AppendAttempt.Retired;
            }

            if (!_budget.HasRoomFor(CostOf(batch)))
            {
                return AppendAttempt.Full;
            }

            AppendOutcome[] outcomes = new AppendOutcome[batch.Count];
            bool refused = false;
            for (int i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = refused ? new(AppendStatus.AfterRefused, default) : Append(batch[i], nowMs);
                refused |= outcomes[i].Status is AppendStatus.Conflict or AppendStatus.Pressure;
            }

            Trim(nowMs);
            result = new AppendResult(outcomes, _gauge.At(_gauge.DepthAt(_history.Last.Offset, nowMs)));
            return AppendAttempt.Done;
        }
    }

    public StreamOpening Open(long nowMs)
    {
        lock (_gate)
        {
            return new StreamOpening
            {
                End = _history.End,
                NowMs = Math.Max(nowMs, _history.Last.Ms),
                State = _state.Values(),
            };
        }
    }

    public EventRead Read(StreamCursor after, ReadLimit limit, long nowMs)
    {
        lock (_gate)
        {
            return _history.Read(after, limit, nowMs);
        }
    }

    public EventReadBack ReadBack(StreamCursor? before, ReadLimit limit)
    {
        lock (_gate)
        {
            return _history.ReadBack(before, limit);
        }
    }

    public Epoch RenewEpoch(Epoch lost, IReadOnlyList<EntryId> recent)
    {
        lock (_gate)
        {
            if (_history.Epoch == lost)
            {
                _history.Renew(recent);
            }

            return _history.Epoch;
        }
    }

    public void ReportReader(string reader, long offset, long nowMs)
    {
        lock (_gate)
        {
            _gauge.Read(reader, offset, nowMs);
        }
    }

    public PartitionReport Describe(long nowMs)
    {
        lock (_gate)
        {
            return new PartitionReport(
                1, _history.Count, _gauge.DepthAt(_history.Last.Offset, nowMs), _history.Bytes, IsPartial: false);
        }
    }

    public SweepReport Sweep(long nowMs)
    {
        lock (_gate)
        {
            _keys.Expire(nowMs);
            _gauge.Expire(nowMs);
            int trimmed = Trim(nowMs);
            return new SweepReport(trimmed > 0 ? 1 : 0, _state.Expire(nowMs - _options.RetentionMs), 0);
        }
    }

    /// <summary>
    /// Closes a stream to which nothing was appended for twice the retention: no cursor of it is worth keeping any
    /// more. From then on appends must go to a new store.
    /// </summary>
    public bool TryRetire(long nowMs)
    {
        lock (_gate)
        {
            if (_retired || nowMs - _usedMs <= 2 * _options.RetentionMs || _gauge.HasLiveReaders(nowMs))
            {
                return false;
            }

            _retired = true;
            _history.Clear();
            _keys.Clear();
            _state.Expire(long.MaxValue);
            _budget.Add(-EmptyCost);
            return true;
        }
    }

    private AppendOutcome Append(EventAppend append, long nowMs)
    {
        ReadOnlySpan<byte> bytes = append.Envelope.Span;
        if (append.IdempotencyKey is { } known
            && _keys.TryFind(known, bytes, nowMs, out StreamCursor first, out bool same))
        {
            return same ? new(AppendStatus.Duplicate, first) : new(AppendStatus.Conflict, default);
        }

        if (_gauge.Refuses(_gauge.DepthAt(_history.Last.Offset, nowMs)))
        {
            return new(AppendStatus.Pressure, default);
        }

        // A copy: the caller's buffer is its own again when the append returns, and no larger array is kept alive by a
        // part.
        ReadOnlyMemory<byte> envelope = bytes.ToArray();
        StreamCursor position = _history.Append(nowMs, envelope);
        _usedMs = position.Entry.Ms;
        if (append.IdempotencyKey is { } key)
        {
            _keys.Add(key, bytes, nowMs, position);
        }

        if (append.StateKey is { } stateKey && append.DeletesState)
        {
            _state.Remove(stateKey);
        }
        else if (append.StateKey is { } setKey)
        {
            _state.Set(setKey, position, envelope);
        }

        return new(AppendStatus.Stored, position);
    }

    private int Trim(long nowMs) => _history.Trim(
        nowMs - _options.RetentionMs, _options.EntriesPerStreamMax, _options.StoredBytesPerStreamMax);

    // By how much the log would grow, if every event were stored and every key were new.
    private long CostOf(IReadOnlyList<EventAppend> batch)
    {
        long cost = 0;
        long bytes = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            EventAppend append = batch[i];
            int length = append.Envelope.Length;
            bytes += length;
            cost += ByteBudget.CostOfEntry(length)
                + (append.IdempotencyKey is { } key ? ByteBudget.CostOfKey(key, 0) : 0)
                + (append is { StateKey: { } state, DeletesState: false } ? ByteBudget.CostOfKey(state, length) : 0);
        }

        return cost - _history.CostFreedBy(
            batch.Count, bytes, _options.EntriesPerStreamMax, _options.StoredBytesPerStreamMax);
    }
}
