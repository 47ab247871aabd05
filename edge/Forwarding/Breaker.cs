namespace Realtime.Edge.Forwarding;

/// <summary>
/// Spares clients attempts at a worker that fails them. Attempts and probes each count on their own, since a worker may
/// answer probes and fail clients: what attempts opened, only an attempt closes; what probes opened, probes close too,
/// and at once, for a worker that was started anew should not be avoided for what its predecessor did.
/// <code>
///   closed --failures_max in a row--> open --open_for, or a probe is answered--> half_open --success--> closed
///                                       ^                                            |
///                                       +----- failure: twice as long, to a limit ---+
/// </code>
/// </summary>
internal sealed class Breaker(BreakerOptions options, TimeProvider clock, Random random, Action<BreakerState>? changed)
{
    /// <summary>
    /// The time open is drawn from this part of itself to the whole, so that edges don't all try at once.
    /// </summary>
    private const double JitterFrom = 0.8;

    private readonly Lock _gate = new();
    private BreakerState _state;
    private bool _isByProbes;
    private bool _isTried;
    private long _triedAt;
    private int _failures;
    private int _silentProbes;
    private TimeSpan _openFor = options.OpenFor;
    private DateTimeOffset _openUntil;
    private long _openedAt;
    private TimeSpan _openTime;
    private long _opened;

    /// <summary>Where it stands.</summary>
    public BreakerState State
    {
        get
        {
            lock (_gate)
            {
                return Now();
            }
        }
    }

    /// <summary>Whether an attempt may be made now.</summary>
    public bool Admits
    {
        get
        {
            lock (_gate)
            {
                return Now() == BreakerState.Closed || (_state == BreakerState.HalfOpen && !IsTried);
            }
        }
    }

    // A trial may take as long as its client's upload; the others do not wait for that.
    private bool IsTried => _isTried && clock.GetElapsedTime(_triedAt) < options.OpenForMax;

    /// <summary>How it stands, for operators.</summary>
    public BreakerReport Report()
    {
        lock (_gate)
        {
            return new(
                Now(),
                Math.Max(_failures, _silentProbes),
                _opened,
                _state == BreakerState.Open ? _openUntil.ToUnixTimeMilliseconds() : null);
        }
    }

    /// <summary>
    /// Begins an attempt; false if none may be made. Each that was begun ends by one of the three below.
    /// </summary>
    /// <param name="isForced">Whether it is made in any case, since there is nobody else to ask.</param>
    /// <param name="isTrial">Whether it is the one that finds out for all.</param>
    public bool TryBegin(bool isForced, out bool isTrial)
    {
        lock (_gate)
        {
            isTrial = Now() == BreakerState.HalfOpen && !IsTried;
            if (isTrial)
            {
                (_isTried, _triedAt) = (true, clock.GetTimestamp());
            }

            return isTrial || isForced || _state == BreakerState.Closed;
        }
    }

    /// <summary>The worker answered.</summary>
    public void Succeeded(bool isTrial)
    {
        lock (_gate)
        {
            _isTried &= !isTrial;
            _failures = 0;
            if (Now() != BreakerState.Closed)
            {
                Close();
            }
        }
    }

    /// <summary>It did not.</summary>
    public void Failed(bool isTrial)
    {
        lock (_gate)
        {
            _isTried &= !isTrial;
            _failures = Math.Min(_failures + 1, options.FailuresMax);
            // While it is half open only the trial counts: attempts that began before tell of before.
            bool isToOpen = Now() switch
            {
                BreakerState.Closed => _failures >= options.FailuresMax,
                BreakerState.HalfOpen => isTrial,
                _ => false,
            };
            if (isToOpen)
            {
                Open(byProbes: false);
            }
        }
    }

    /// <summary>It ended without telling anything of the worker: the client left, say.</summary>
    public void Abandoned(bool isTrial)
    {
        lock (_gate)
        {
            _isTried &= !isTrial;
        }
    }

    /// <summary>A probe was answered, whatever the answer.</summary>
    public void ProbeSucceeded()
    {
        lock (_gate)
        {
            _silentProbes = 0;
            if (!_isByProbes)
            {
                return;
            }

            if (Now() == BreakerState.Open)
            {
                Become(BreakerState.HalfOpen);
            }
            else
            {
                Close();
            }
        }
    }

    /// <summary>A probe was not.</summary>
    public void ProbeFailed()
    {
        lock (_gate)
        {
            _silentProbes = Math.Min(_silentProbes + 1, options.FailuresMax);
            if (Now() == BreakerState.Open)
            {
                // What attempts found, probes find too: it is gone as a whole.
                _isByProbes = true;
            }
            else if (_silentProbes >= options.FailuresMax || _isByProbes)
            {
                Open(byProbes: true);
            }
        }
    }

    /// <summary>The state as of now: time alone leads from open to half open, unless probes are to say so.</summary>
    private BreakerState Now()
    {
        if (_state == BreakerState.Open && !_isByProbes && clock.GetElapsedTime(_openedAt) >= _openTime)
        {
            Become(BreakerState.HalfOpen);
        }

        return _state;
    }

    private void Open(bool byProbes)
    {
        _isByProbes = byProbes;
        _openedAt = clock.GetTimestamp();
        _openTime = _openFor * (JitterFrom + ((1 - JitterFrom) * random.NextDouble()));
        _openUntil = clock.GetUtcNow() + _openTime;
        _openFor = _openFor * 2 < options.OpenForMax ? _openFor * 2 : options.OpenForMax;
        _opened++;
        Become(BreakerState.Open);
    }

    private void Close()
    {
        _isByProbes = false;
        _failures = 0;
        _openFor = options.OpenFor;
        Become(BreakerState.Closed);
    }

    private void Become(BreakerState state)
    {
        _state = state;
        _isTried = false;
        changed?.Invoke(state);
    }
}
