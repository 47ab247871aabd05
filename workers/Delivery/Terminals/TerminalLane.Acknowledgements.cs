namespace Realtime.Workers.Delivery.Terminals;

// What the lane learns of what it sent, and what becomes of that when who it was sent to is gone.
internal sealed partial class TerminalLane
{
    /// <summary>Takes note of what was acknowledged.</summary>
    public void TakeAcknowledgements()
    {
        foreach (TerminalSubscription subscription in Volatile.Read(ref _subscriptions))
        {
            if (subscription.Sent.Release(subscription.Acknowledged, _flow.GoneTo) is { } arrived)
            {
                _flow.Arrived(arrived);
            }
        }
    }

    private void ForgetRemoved()
    {
        if (Volatile.Read(ref _removed).Count == 0)
        {
            return;
        }

        List<TerminalSubscription> removed;
        lock (outbox.Gate)
        {
            (removed, _removed) = (_removed, []);
        }

        foreach (TerminalSubscription subscription in removed)
        {
            subscription.Sent.Clear();
        }

        AwaitTheRest();
    }

    // What was sent to who is gone stays in flight until something behind it is acknowledged, but nobody waits for it.
    private void AwaitTheRest()
    {
        long last = 0;
        foreach (TerminalSubscription subscription in Volatile.Read(ref _subscriptions))
        {
            last = Math.Max(last, subscription.Sent.LastEndsAt);
        }

        _flow.AwaitPieces(last);
    }
}
