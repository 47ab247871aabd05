namespace Realtime.Edge.Forwarding;

/// <summary>
/// Bounds the time to the head of an answer. Once that is there, a stream may last: from then on only silence ends it
/// (<see cref="ForwardingOptions.QuietTimeout"/>).
/// </summary>
internal sealed class AnswerDeadline : IDisposable
{
    private readonly HttpContext _context;
    private readonly CancellationToken _clientGone;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;

    public AnswerDeadline(HttpContext context, TimeSpan timeout, TimeProvider clock)
    {
        _context = context;
        _clientGone = context.RequestAborted;
        _deadline = new CancellationTokenSource(timeout, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_clientGone, _deadline.Token);
        // The one token that the proxy listens to.
        context.RequestAborted = _either.Token;
        context.Features.Set(this);
    }

    /// <summary>Whether the time passed without an answer.</summary>
    public bool IsPassed => _deadline.IsCancellationRequested;

    /// <summary>Whether the client left.</summary>
    public bool IsClientGone => _clientGone.IsCancellationRequested;

    /// <summary>The answer is there.</summary>
    public void Met() => _deadline.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _context.Features.Set<AnswerDeadline>(null);
        _context.RequestAborted = _clientGone;
        _either.Dispose();
        _deadline.Dispose();
    }
}
