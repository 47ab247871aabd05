using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>One terminal: what is retained of it, its end and its readers, under one lock.</summary>
internal sealed class TerminalStore
{
    // The object and its place in the directory.
    private const int EmptyCost = 512;

    private readonly Lock _gate = new();
    private readonly TerminalLogOptions _options;
    private readonly ByteBudget _budget;
    private readonly TerminalHistory _history;
    private readonly PressureGauge _gauge;
    private readonly TerminalClaims _claims = new();
    private long _lastMs;
    private int? _exitCode;

    public TerminalStore(TerminalKey key, int partition, LogOptions options, ByteBudget budget, long nowMs)
    {
        Key = key;
        Partition = partition;
        _options = options.Terminal;
        _budget = budget;
        _history = new TerminalHistory(options.Terminal, budget);
        _gauge = new PressureGauge(options.TerminalDepthBytesMax, options.Backpressure);
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

    /// <inheritdoc cref="TerminalHistory.IsAtRetention"/>
    public bool IsAtRetention
    {
        get
        {
            lock (_gate)
            {
                return _history.IsAtRetention;
            }
        }
    }

    public TerminalBounds Bounds
    {
        get
        {
            lock (_gate)
            {
                return _history.Bounds(_exitCode);
            }
        }
    }

    public TerminalAppendResult Append(TerminalAppend append, long nowMs)
    {
        lock (_gate)
        {
            TerminalAppendStatus status = TryAppend(append, nowMs, out int storedBytes);
            Pressure pressure = _gauge.At(_gauge.DepthAt(_history.End, nowMs));
            return new TerminalAppendResult(status, _history.End, _history.Epoch, pressure)
            {
                StoredBytes = storedBytes,
            };
        }
    }

    /// <summary>From its end on it has another size.</summary>
    public TerminalResizeResult Resize(TerminalSize size, ProducerClaim? claim, long nowMs)
    {
        lock (_gate)
        {
            TerminalResizeStatus status = TerminalResizeStatus.Resized;
            if (_exitCode is not null)
            {
                status = TerminalResizeStatus.Ended;
            }
            else if (_claims.Claim(claim) is not ClaimOutcome.Granted and var refused)
            {
                status = refused == ClaimOutcome.Stale
                    ? TerminalResizeStatus.StaleProducer
                    : TerminalResizeStatus.Claimed;
            }
            else if (_history.Size == size)
            {
                status = TerminalResizeStatus.Unchanged;
            }
            else
            {
                _lastMs = Math.Max(nowMs, _lastMs);
                _history.Resize(size, _lastMs);
            }

            return new TerminalResizeResult(status, _history.End, _history.Epoch);
        }
    }

    /// <summary>Notes how far a live reader has read.</summary>
    public void ReportReader(string reader, TerminalCursor readTo, long nowMs)
    {
        lock (_gate)
        {
            if (readTo.Epoch == _history.Epoch || readTo.Epoch.IsNone)
            {
                _gauge.Read(reader, readTo.Offset, nowMs);
            }
        }
    }

    public TerminalEndResult End(int exitCode, ProducerClaim? claim, long nowMs)
    {
        lock (_gate)
        {
            TerminalEndStatus status = TerminalEndStatus.EndedBefore;
            if (_exitCode is null && _claims.Claim(claim) is not ClaimOutcome.Granted and var refused)
            {
                status = refused == ClaimOutcome.Stale ? TerminalEndStatus.StaleProducer : TerminalEndStatus.Claimed;
                return new TerminalEndResult(status, 0, _history.End, _history.Epoch);
            }

            if (_exitCode is null)
            {
                status = TerminalEndStatus.Ended;
                _exitCode = exitCode;
                _lastMs = Math.Max(nowMs, _lastMs);
            }

            return new TerminalEndResult(status, _exitCode.Value, _history.End, _history.Epoch);
        }
    }

    /// <summary>Claims it for who takes a lease on its task; null if it has ended.</summary>
    public ClaimOutcome? Lease(ProducerClaim holder)
    {
        lock (_gate)
        {
            return _exitCode is null ? _claims.Lease(holder) : null;
        }
    }

    /// <summary>
    /// Takes the lease off, if it is still the holder's; with an exit code ends the terminal, as the lease was lost.
    /// True if it was ended now.
    /// </summary>
    public bool Unclaim(ProducerClaim holder, int? exitCode, long nowMs)
    {
        lock (_gate)
        {
            if (!_claims.TryUnclaim(holder) || exitCode is null || _exitCode is not null)
            {
                return false;
            }

            _exitCode = exitCode;
            _lastMs = Math.Max(nowMs, _lastMs);
            return true;
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
            return _history.Read(from, bytesMax, _exitCode);
        }
    }

    /// <summary>Gives its bytes back to the budget. It must have ended, and be out of the directory.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            _history.Clear();
            _budget.Add(-EmptyCost);
        }
    }

    private TerminalAppendStatus TryAppend(TerminalAppend append, long nowMs, out int storedBytes)
    {
        storedBytes = 0;
        if (_exitCode is not null)
        {
            return TerminalAppendStatus.Ended;
        }

        bool isQuestion = append.Data.IsEmpty && append.AfterLoss is null;
        if (!isQuestion && _claims.Claim(append.Claim) is not ClaimOutcome.Granted and var refused)
        {
            return refused == ClaimOutcome.Stale ? TerminalAppendStatus.StaleProducer : TerminalAppendStatus.Claimed;
        }

        if (append.AfterLoss is { } lost)
        {
            if (lost != _history.Epoch)
            {
                return TerminalAppendStatus.OtherEpoch;
            }

            _history.BeginAt(append.Offset!.Value);
            _gauge.Clear();
        }

        long end = _history.End;
        long offset = append.Offset ?? end;
        if (offset > end)
        {
            return TerminalAppendStatus.Hole;
        }

        if (end - offset >= append.Data.Length)
        {
            return TerminalAppendStatus.Duplicate;
        }

        if (offset > LogLimits.TerminalEndMax - append.Data.Length)
        {
            return TerminalAppendStatus.OffsetsUsedUp;
        }

        if (_gauge.Refuses(_gauge.DepthAt(end, nowMs)))
        {
            return TerminalAppendStatus.Pressure;
        }

        _lastMs = Math.Max(nowMs, _lastMs);
        int known = (int)(end - offset);
        storedBytes = append.Data.Length - known;
        _history.Append(append.Data.Span[known..], append.Source, _lastMs);
        return TerminalAppendStatus.Stored;
    }
}
