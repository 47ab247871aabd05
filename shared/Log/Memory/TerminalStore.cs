using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>One terminal: its retained chunks, addressed by byte offset, under one lock.</summary>
internal sealed class TerminalStore
{
    // The object and its place in the directory.
    private const int EmptyCost = 512;

    private readonly Lock _gate = new();
    private readonly TerminalLogOptions _options;
    private readonly ByteBudget _budget;
    private readonly RingBuffer<TerminalChunk> _chunks = new();
    private Epoch _epoch = Epoch.Create();
    private long _end;
    private long _lastMs;
    private int? _exitCode;

    public TerminalStore(TerminalKey key, int partition, TerminalLogOptions options, ByteBudget budget, long nowMs)
    {
        Key = key;
        Partition = partition;
        _options = options;
        _budget = budget;
        _lastMs = nowMs;
        budget.Add(EmptyCost);
    }

    public TerminalKey Key { get; }

    /// <summary>The partition whose sweep looks after it.</summary>
    public int Partition { get; }

    /// <summary>When it ended; null while it is open.</summary>
    public long? EndedMs
    {
        get
        {
            lock (_gate)
            {
                return _exitCode is null ? null : _lastMs;
            }
        }
    }

    /// <summary>Whether it keeps all it may, so that what is appended takes the place of something older.</summary>
    public bool IsAtRetention
    {
        get
        {
            lock (_gate)
            {
                return _end - BoundsNow().Start >= _options.RetentionBytes;
            }
        }
    }

    public TerminalBounds Bounds
    {
        get
        {
            lock (_gate)
            {
                return BoundsNow();
            }
        }
    }

    public TerminalAppendResult Append(TerminalAppend append, long nowMs)
    {
        lock (_gate)
        {
            if (_exitCode is not null)
            {
                return Result(TerminalAppendStatus.Ended);
            }

            if (append.AfterLoss is { } known)
            {
                if (known != _epoch)
                {
                    return Result(TerminalAppendStatus.OtherEpoch);
                }

                BeginAt(append.Offset!.Value);
            }

            long offset = append.Offset ?? _end;
            if (offset > _end)
            {
                return Result(TerminalAppendStatus.Hole);
            }

            if (_end - offset >= append.Data.Length)
            {
                return Result(TerminalAppendStatus.Duplicate);
            }

            Store(append.Data.Span[(int)(_end - offset)..], append.Source, nowMs);
            Trim();
            return Result(TerminalAppendStatus.Stored);
        }
    }

    public TerminalEndResult End(int exitCode, long nowMs)
    {
        lock (_gate)
        {
            TerminalEndStatus status = TerminalEndStatus.EndedBefore;
            if (_exitCode is null)
            {
                status = TerminalEndStatus.Ended;
                _exitCode = exitCode;
                _lastMs = Math.Max(nowMs, _lastMs);
            }

            return new TerminalEndResult(status, _exitCode.Value, _end, _epoch);
        }
    }

    /// <summary>Ends it if nothing came for as long as the options say.</summary>
    public bool TryEndIdle(long nowMs)
    {
        lock (_gate)
        {
            if (_exitCode is not null || nowMs - _lastMs < _options.IdleEnd.TotalMilliseconds)
            {
                return false;
            }

            _exitCode = LogLimits.IdleExitCode;
            _lastMs = nowMs;
            return true;
        }
    }

    public TerminalRead Read(TerminalCursor from, int bytesMax)
    {
        lock (_gate)
        {
            TerminalBounds bounds = BoundsNow();
            (ReadOutcome outcome, long start) = from switch
            {
                { Epoch.IsNone: false } when from.Epoch != _epoch => (ReadOutcome.OtherEpoch, bounds.Start),
                _ when from.Offset > bounds.End => (ReadOutcome.NotThere, bounds.End),
                _ when from.Offset < bounds.Start => (ReadOutcome.Trimmed, bounds.Start),
                _ => (ReadOutcome.Whole, from.Offset),
            };
            return new TerminalRead
            {
                Outcome = outcome,
                Start = new TerminalCursor(start, _epoch),
                Bounds = bounds,
                Chunks = ChunksFrom(start, bytesMax),
            };
        }
    }

    /// <summary>Gives its bytes back to the budget. It must have ended, and be out of the directory.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            Clear();
            _budget.Add(-EmptyCost);
        }
    }

    // Whole chunks go while as many bytes as must be kept stay without them.
    private void Trim()
    {
        while (_end - EndOf(_chunks[0]) >= _options.RetentionBytes)
        {
            _budget.Add(-ByteBudget.CostOfEntry(_chunks.RemoveOldest().Data.Length));
        }
    }

    private void Store(ReadOnlySpan<byte> data, TerminalSource source, long nowMs)
    {
        _lastMs = Math.Max(nowMs, _lastMs);
        while (!data.IsEmpty)
        {
            int length = Math.Min(data.Length, LogLimits.TerminalChunkBytesMax);
            _chunks.Add(new TerminalChunk(_end, data[..length].ToArray(), source, _lastMs));
            _budget.Add(ByteBudget.CostOfEntry(length));
            _end += length;
            data = data[length..];
        }
    }

    private void BeginAt(long offset)
    {
        Clear();
        _end = offset;
        Epoch lost = _epoch;
        while (_epoch == lost)
        {
            _epoch = Epoch.Create();
        }
    }

    private void Clear()
    {
        for (int i = 0; i < _chunks.Count; i++)
        {
            _budget.Add(-ByteBudget.CostOfEntry(_chunks[i].Data.Length));
        }

        _chunks.Clear();
    }

    private TerminalChunk[] ChunksFrom(long start, int bytesMax)
    {
        int index = IndexOf(start);
        if (index == _chunks.Count)
        {
            return [];
        }

        long until = start + bytesMax;
        int count = 1;
        while (index + count < _chunks.Count && EndOf(_chunks[index + count]) <= until)
        {
            count++;
        }

        TerminalChunk[] chunks = _chunks.Slice(index, count);
        int skipped = (int)(start - chunks[0].Offset);
        chunks[0] = chunks[0] with { Offset = start, Data = chunks[0].Data[skipped..] };
        return chunks;
    }

    // The chunk that holds the byte at an offset, by bisection; the count if that is the end.
    private int IndexOf(long offset)
    {
        int low = 0;
        int high = _chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = EndOf(_chunks[middle]) <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private TerminalBounds BoundsNow() => new(_epoch, _chunks.Count > 0 ? _chunks[0].Offset : _end, _end, _exitCode);

    // Readers of terminals don't report to the log: each viewer's credit bounds what is read for it.
    private TerminalAppendResult Result(TerminalAppendStatus status) =>
        new(status, _end, _epoch, new Pressure(PressureState.Ok, 0, _options.RetentionBytes));

    private static long EndOf(TerminalChunk chunk) => chunk.Offset + chunk.Data.Length;
}
