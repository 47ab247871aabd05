namespace Realtime.Edge.Forwarding;

/// <summary>
/// One attempt at one worker, from asking until all is copied. It is bounded at each stage: until the head of the
/// answer by a deadline, after that by the signs of an end that one side does not notice. Whatever ends it cancels the
/// request's one token, which the proxy listens to.
/// </summary>
internal sealed class Attempt : IDisposable
{
    private readonly HttpContext _context;
    private readonly Worker _worker;
    private readonly ForwardingOptions _options;
    private readonly bool _isTrial;
    private readonly CancellationToken _clientGone;
    private readonly CancellationToken _workerLife;
    private readonly CancellationTokenSource _patience;
    private readonly CancellationTokenSource _any;
    private bool _isJudged;
    private volatile bool _isAnswered;
    private volatile bool _isClientEnded;

    private Attempt(HttpContext context, Worker worker, bool isTrial, ForwardingOptions options, TimeProvider clock)
    {
        _context = context;
        _worker = worker;
        _options = options;
        _isTrial = isTrial;
        _clientGone = context.RequestAborted;
        _workerLife = worker.Life;
        TimeSpan timeout = Traffic.KindOf(context) == TrafficKind.Request
            ? options.AnswerTimeout
            : options.AcceptTimeout;
        _patience = new CancellationTokenSource(timeout, clock);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_clientGone, _workerLife, _patience.Token);
        context.RequestAborted = _any.Token;
        context.Features.Set(this);
    }

    /// <summary>Whether the time passed without an answer.</summary>
    public bool IsLate => !_isAnswered && _patience.IsCancellationRequested;

    /// <summary>Whether the client left.</summary>
    public bool IsClientGone => _clientGone.IsCancellationRequested;

    /// <summary>Why the open stream was given up; null if it was not.</summary>
    public ConnectionCut? GivenUp => _isAnswered && _patience.IsCancellationRequested
        ? _isClientEnded ? ConnectionCut.Lingering : ConnectionCut.StalledClient
        : null;

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
        _patience.CancelAfter(Timeout.InfiniteTimeSpan);
        if (!_isJudged)
        {
            _isJudged = true;
            _worker.Breaker.Succeeded(_isTrial);
        }
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

    /// <summary>The client has ended its side of the stream: the worker has a moment to end its own.</summary>
    public void ClientEnded()
    {
        _isClientEnded = true;
        _patience.CancelAfter(_options.Linger);
    }

    /// <summary>Bytes of the worker are on their way to the client.</summary>
    public void WorkerSpoke() => _worker.Heard();

    /// <summary>A write to the client does not finish at once.</summary>
    public void WriteWaits()
    {
        if (!_isClientEnded)
        {
            _patience.CancelAfter(_options.ClientStall);
        }
    }

    /// <summary>It has finished.</summary>
    public void WriteFinished()
    {
        if (!_isClientEnded)
        {
            _patience.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        // Thrown out of the proxy: nothing is known of the worker.
        Judge(AttemptOutcome.ClientGone);
        _context.Features.Set<Attempt>(null);
        _context.RequestAborted = _clientGone;
        _any.Dispose();
        _patience.Dispose();
    }
}
