using Realtime.Client.Connections;
using Realtime.Client.Http;

namespace Realtime.Client;

/// <summary>
/// A lease on an agent or a task: while it is held, nothing is shown as working though its producer is gone. It is
/// renewed by itself, however long the server is away; dispose it to give it back.
/// </summary>
public sealed class ProducerLease : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly LeaseClient _leases;
    private readonly RealtimeClientOptions _options;
    private readonly LeaseOptions _lease;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<ProducerLease> _ended;
    private readonly Task _keeping;
    private long _expiresAtMs;
    private int _isDisposed;

    internal ProducerLease(
        string? agent, string? task, LeaseOptions lease, LeaseTaken taken, LeaseClient leases,
        RealtimeClientOptions options, Action<ProducerLease> ended)
    {
        Agent = agent;
        TaskName = task;
        _lease = lease;
        _leases = leases;
        _options = options;
        _ended = ended;
        _expiresAtMs = taken.ExpiresAtMs;
        Lost = _lost.Token;
        _keeping = KeepAsync(_stopping.Token);
    }

    /// <summary>The agent that is leased, or works on the task.</summary>
    public string? Agent { get; }

    /// <summary>The task that is leased; null if the agent is.</summary>
    public string? TaskName { get; }

    /// <summary>Until when it is held if it is not renewed, by the log's clock.</summary>
    public DateTimeOffset ExpiresAt => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _expiresAtMs));

    /// <summary>
    /// Cancelled when the server says that it is lost: another has it, or it ran out. What was leased is shown as lost
    /// then, or is another's: stop, or take a new lease.
    /// </summary>
    public CancellationToken Lost { get; }

    /// <summary>Why it was lost; null while it is not.</summary>
    public RealtimeException? LossReason { get; private set; }

    /// <summary>Gives it back, if it is not lost; viewers are told nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _keeping;
        if (LossReason is null)
        {
            // Who can't be told finds out: the lease runs out.
            using var patience = new CancellationTokenSource(ReleaseTimeout, _options.TimeProvider);
            await _leases.ReleaseAsync(Agent, TaskName, patience.Token);
        }

        _ended(this);
        _stopping.Dispose();
        _lost.Dispose();
    }

    private async Task KeepAsync(CancellationToken stopping)
    {
        var backoff = Backoff.OfPublishing(_options);
        TimeSpan delay = _lease.Ttl / 3;
        try
        {
            while (LossReason is null)
            {
                await Task.Delay(delay, _options.TimeProvider, stopping);
                EdgeAnswer<LeaseTaken> answer = await _leases.AskAsync(Agent, TaskName, _lease.Ttl, stopping);
                if (answer.Error is { } failure)
                {
                    delay = backoff.Next(answer.RetryAfter);
                    LossReason = failure.Retry ? null : failure;
                }
                else
                {
                    backoff.Reset();
                    delay = _lease.Ttl / 3;
                    Interlocked.Exchange(ref _expiresAtMs, answer.Value.ExpiresAtMs);
                    LossReason = answer.Value.IsRenewed ? null : new RealtimeException(
                        ClientErrorCodes.LeaseLost, "It ran out before it was renewed.", retry: false);
                }
            }

            await _lost.CancelAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is given back.
        }
    }
}
