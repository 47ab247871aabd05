using Realtime.Workers.Delivery;

namespace Realtime.Workers.Connections;

/// <summary>
/// The fresh tokens of one connection: one at a time, and only so often. It may take a while (keys are fetched), in
/// which the connection goes on with the old one.
/// </summary>
internal sealed class Renewal(HeldIdentity held, Outbox outbox, TokenRenewals renewals, CancellationToken closed)
{
    // Owned by the receive loop.
    private readonly Queue<long> _begun = new();
    private Task _running = Task.CompletedTask;

    /// <summary>
    /// By the receive loop: begins to judge a token; what becomes of it is said by <paramref name="tellAsync"/>. Or
    /// returns why it is not looked at.
    /// </summary>
    public Refusal? Begin(string token, Func<RenewalOutcome, Task> tellAsync)
    {
        if (!_running.IsCompleted)
        {
            return renewals.RefuseRate("Another token is being looked at; wait for its answer.");
        }

        if (!MayBegin())
        {
            return renewals.RefuseRate(
                $"A connection may send {renewals.Options.AuthPerMinuteMax} tokens a minute; wait.");
        }

        _running = RunAsync(token, tellAsync);
        return null;
    }

    /// <summary>Waits for what is under way, after <c>closed</c>.</summary>
    public Task EndAsync() => _running;

    private async Task RunAsync(string token, Func<RenewalOutcome, Task> tellAsync)
    {
        RenewalOutcome outcome = await renewals.RenewAsync(held, outbox, token, closed);
        if (outcome != default)
        {
            await tellAsync(outcome);
        }
    }

    private bool MayBegin()
    {
        TimeProvider clock = renewals.Clock;
        while (_begun.TryPeek(out long first) && clock.GetElapsedTime(first) >= TimeSpan.FromMinutes(1))
        {
            _begun.Dequeue();
        }

        if (_begun.Count >= renewals.Options.AuthPerMinuteMax)
        {
            return false;
        }

        _begun.Enqueue(clock.GetTimestamp());
        return true;
    }
}
