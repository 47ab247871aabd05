using Realtime.Hosting.Sockets;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// One attempt at one worker, from asking until all is copied. It is bounded at each stage: until the head of the
/// answer by a deadline, after that by the signs of an end that one side does not notice. Whatever ends it cancels its
/// one token. A tunnel's attempt lives as long as the tunnel, so it has one timer and one source, whatever they are
/// for.
/// </summary>
internal sealed class Attempt : IDisposable
{
    private readonly Worker _worker;
    private readonly ForwardingOptions _options;
    private readonly TimeProvider _clock;
    private readonly bool _isTrial;
    private readonly Lock _gate = new();

    // Not disposed: the timer may be cancelling it just then, and it holds nothing.
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenRegistration _workerCut;
    private readonly ITimer _patience;
    private CancellationToken _clientGone;
    private CancellationTokenRegistration _clientLeaves;
    // Null once it goes on without the request.
    private HttpContext? _context;
    private long _movedAt;
    private bool _isJudged;
    private bool _isTunnel;
    private bool _isWriteWaiting;
    private volatile bool _isAnswered;
    private volatile bool _isClientEnded;
    private volatile bool _isPatienceOver;

    private Attempt(HttpContext context, Worker worker, bool isTrial, ForwardingOptions options, TimeProvider clock)
    {
        _context = context;
        _worker = worker;
        _options = options;
        _clock = clock;
        _isTrial = isTrial;
        _clientGone = context.RequestAborted;
        _clientLeaves = EndWith(_clientGone);
        _workerCut = worker.Life.UnsafeRegister(static attempt => ((Attempt)attempt!).End(), this);
        TimeSpan timeout = Traffic.KindOf(context) == TrafficKind.Request
            ? options.AnswerTimeout
            : options.AcceptTimeout;
        // Without the request's context, which would live as long as the timer.
        using (ExecutionContext.SuppressFlow())
        {
            _patience = clock.CreateTimer(
                static attempt => ((Attempt)attempt!).TimePassed(), this, timeout, Timeout.InfiniteTimeSpan);
        }

        context.RequestAborted = Ended;
        context.Features.Set(this);
    }

    /// <summary>Cancelled by whatever ends it: the client that leaves, the worker that is cut, time.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether the time passed without an answer.</summary>
    public bool IsLate => !_isAnswered && _isPatienceOver;

    /// <summary>Whether the client left.</summary>
    public bool IsClientGone => _clientGone.IsCancellationRequested;

    /// <summary>Why the open stream was given up; null if it was not.</summary>
    public ConnectionCut? GivenUp => (_isAnswered && _isPatienceOver, _isClientEnded, _isWriteWaiting) switch
    {
        (false, _, _) => null,
        (_, true, _) => ConnectionCut.Lingering,
        (_, _, true) => ConnectionCut.StalledClient,
        _ => ConnectionCut.Quiet,
    };

    /// <summary>Begins one; null if the worker's breaker lets none through.</summary>
    /// <param name="context">The request.</param>
    /// <param name="worker">Whom to ask.</param>
    /// <param name="isForced">Whether it is asked in any case, since there is nobody else.</param>
    /// <param name="options">How long what may take.</param>
    /// <param name="clock">The clock.</param>
    public static Attempt? TryBegin(
        HttpContext context, Worker worker, bool isForced, ForwardingOptions options, TimeProvider clock) =>
        worker.Breaker.TryBegin(isForced, out bool isTrial)
            ? new Attempt(context, worker, isTrial, options, clock)
            : null;

    /// <summary>The head of the answer is there. A stream may last: now only the signs below end it.</summary>
    public void Answered()
    {
        _isAnswered = true;
        Wait(Timeout.InfiniteTimeSpan);
        if (!_isJudged)
        {
            _isJudged = true;
            _worker.Breaker.Succeeded(_isTrial);
        }
    }

    /// <summary>The answer opened a tunnel, which may be quiet for so long and no longer.</summary>
    public void Opened()
    {
        Volatile.Write(ref _movedAt, _clock.GetTimestamp());
        _isTunnel = true;
        Wait(_options.QuietTimeout);
    }

    /// <summary>What came of it, if no head of an answer did.</summary>
    public void Judge(AttemptOutcome outcome)
    {
        if (_isJudged)
        {
            return;
        }

        _isJudged = true;
        if (outcome is AttemptOutcome.Unreachable or AttemptOutcome.BrokenOff or AttemptOutcome.NotAnswered)
        {
            _worker.Breaker.Failed(_isTrial);
        }
        else
        {
            _worker.Breaker.Abandoned(_isTrial);
        }
    }

    /// <summary>Bytes came through the tunnel, from either side.</summary>
    public void Moved() => Volatile.Write(ref _movedAt, _clock.GetTimestamp());

    /// <summary>The client has ended its side of the stream: the worker has a moment to end its own.</summary>
    public void ClientEnded()
    {
        lock (_gate)
        {
            _isClientEnded = true;
            Wait(_options.Linger);
        }
    }

    /// <summary>Bytes of the worker are on their way to the client.</summary>
    public void WorkerSpoke() => _worker.Heard();

    /// <summary>A write to the client does not finish at once.</summary>
    public void WriteWaits()
    {
        lock (_gate)
        {
            _isWriteWaiting = true;
            if (!_isClientEnded)
            {
                Wait(_options.ClientStall);
            }
        }
    }

    /// <summary>It has finished.</summary>
    public void WriteFinished()
    {
        lock (_gate)
        {
            _isWriteWaiting = false;
            if (!_isClientEnded)
            {
                Wait(_isTunnel ? _options.QuietTimeout : Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Cancels what is under way: one side of a tunnel has ended, so the other one has no purpose.</summary>
    public void End() => _ended.Cancel();

    /// <summary>From now on it is the connection's, as the request is over; it keeps nothing of that.</summary>
    public void Leave(TakenConnection connection)
    {
        CancellationTokenRegistration before = _clientLeaves;
        LeaveRequest();
        _clientGone = connection.Closed;
        _clientLeaves = EndWith(_clientGone);
        before.Dispose();
    }

    public void Dispose()
    {
        // Thrown out of the proxy: nothing is known of the worker.
        Judge(AttemptOutcome.ClientGone);
        LeaveRequest();
        _clientLeaves.Dispose();
        _workerCut.Dispose();
        _patience.Dispose();
    }

    private CancellationTokenRegistration EndWith(CancellationToken token) =>
        token.UnsafeRegister(static attempt => ((Attempt)attempt!).End(), this);

    private void LeaveRequest()
    {
        if (_context is { } context)
        {
            _context = null;
            context.Features.Set<Attempt>(null);
            context.RequestAborted = _clientGone;
        }
    }

    private void Wait(TimeSpan time) => _patience.Change(time, Timeout.InfiniteTimeSpan);

    private void TimePassed()
    {
        lock (_gate)
        {
            // The timer is not set anew for every byte that moves: it looks how long ago the last one was.
            TimeSpan quiet = _clock.GetElapsedTime(Volatile.Read(ref _movedAt));
            if (_isTunnel && !_isClientEnded && !_isWriteWaiting && quiet < _options.QuietTimeout)
            {
                Wait(_options.QuietTimeout - quiet);
                return;
            }

            _isPatienceOver = true;
        }

        End();
    }
}
