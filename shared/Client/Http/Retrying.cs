using Realtime.Client.Connections;

namespace Realtime.Client.Http;

/// <summary>
/// One thing that is tried until it is done, refused for good, or has had its attempts or its time: back-off in
/// between, at least as long as the server asks.
/// </summary>
internal sealed class Retrying : IDisposable
{
    private readonly RealtimeClientOptions _options;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _overdue;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationToken _cancelled;
    private int _attempts;

    public Retrying(RealtimeClientOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _backoff = Backoff.OfPublishing(options);
        _cancelled = cancellationToken;
        _overdue = new CancellationTokenSource(options.Publish.Timeout, options.TimeProvider);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _overdue.Token);
    }

    /// <summary>Cancelled when its time is over too.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether an exception says that its time is over.</summary>
    public bool IsOverdue(Exception failure) =>
        failure is OperationCanceledException && _overdue.IsCancellationRequested
        && !_cancelled.IsCancellationRequested;

    /// <summary>The error for that.</summary>
    public RealtimeException OverdueError(RealtimeException? last) => new(
        ClientErrorCodes.Timeout,
        $"Not done within {_options.Publish.Timeout}; the last error: {last?.Message ?? "none"}",
        retry: true, last);

    /// <summary>Waits before the next attempt; false if there is none.</summary>
    public async Task<bool> WaitAsync(TimeSpan atLeast)
    {
        if (++_attempts >= _options.Publish.AttemptsMax)
        {
            return false;
        }

        await Task.Delay(_backoff.Next(atLeast), _options.TimeProvider, Ended);
        return true;
    }

    public void Dispose()
    {
        _ended.Dispose();
        _overdue.Dispose();
    }
}
