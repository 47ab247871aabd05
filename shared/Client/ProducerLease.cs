using Realtime.Client.Connections;
using Realtime.Client.Http;
using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>
/// A lease on an agent or a task: while it is held, nothing is shown as working though its producer is gone. It is
/// renewed by itself, however long the server is away; dispose it to give it back.
/// </summary>
public sealed class ProducerLease : IAsyncDisposable
{
    // It is renewed after a third of its time. In the rest at least three attempts fit, also if none is answered: each
    // a sixth, with at most a twelfth in between, and at most a sixth more if the server asks for it.
    private const int Renewals = 3;
    private const int Attempts = 6;
    private const int Delays = 12;

    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly LeaseClient _leases;
    private readonly RealtimeClientOptions _options;
    private readonly LeaseOptions _lease;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Action<ProducerLease> _ended;
    private readonly Task _keeping;
    private long _expiresAtMs;
    private long _heldSince;
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
        _heldSince = options.TimeProvider.GetTimestamp();
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
        await SettleAsync();
        if (LossReason is null)
        {
            // Who can't be told finds out: the lease runs out.
            using var patience = new CancellationTokenSource(ReleaseTimeout, _options.TimeProvider);
            await _leases.ReleaseAsync(Agent, TaskName, patience.Token);
        }

        _ended(this);
        _stopping.Dispose();
        _abandoned.Dispose();
        _lost.Dispose();
    }

    // A renewal that is under way must not arrive behind the release, by another worker: it is waited for, but not for
    // ever.
    private async Task SettleAsync()
    {
        try
        {
            await _keeping.WaitAsync(ReleaseTimeout, _options.TimeProvider);
        }
        catch (TimeoutException)
        {
            await _abandoned.CancelAsync();
            await _keeping;
        }
    }

    private async Task KeepAsync(CancellationToken stopping)
    {
        Backoff quick = Backoff.OfPublishing(_options, _lease.Ttl / Delays), patient = Backoff.OfPublishing(_options);
        TimeSpan delay = _lease.Ttl / Renewals;
        try
        {
            while (LossReason is null)
            {
                await Task.Delay(delay, _options.TimeProvider, stopping);
                long asked = _options.TimeProvider.GetTimestamp();
                TimeSpan patience = IsOverdue() ? _options.ConnectTimeout : _lease.Ttl / Attempts;
                EdgeAnswer<LeaseTaken> answer = await _leases.RenewAsync(
                    Agent, TaskName, _lease.Ttl, patience, _abandoned.Token);
                if (answer.Error is { } failure)
                {
                    TimeSpan asksFor = answer.RetryAfter, most = _lease.Ttl / Attempts;
                    delay = IsOverdue()
                        ? patient.Next(asksFor)
                        : quick.Next(asksFor < most ? asksFor : most);
                    LossReason = failure.Retry ? null : failure;
                }
                else
                {
                    quick.Reset();
                    patient.Reset();
                    delay = _lease.Ttl / Renewals;
                    _heldSince = asked;
                    Interlocked.Exchange(ref _expiresAtMs, answer.Value.ExpiresAtMs);
                    LossReason = answer.Value.IsRenewed ? null : new RealtimeException(
                        ErrorCodes.LeaseLost, "It ran out before it was renewed.", retry: false);
                }
            }

            await _lost.CancelAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is given back.
        }
    }

    // Whether it ran out, unless the log was away: then there is no hurry any more.
    private bool IsOverdue() => _options.TimeProvider.GetElapsedTime(_heldSince) >= _lease.Ttl;
}
