using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;
using Realtime.Workers.Terminals;

namespace Realtime.Workers.Connections;

/// <summary>The terminal subscriptions of one connection. Used by the connection's receive loop alone.</summary>
internal sealed class TerminalSubscriber(
    string tenant, Outbox outbox, TerminalLane lane, IPartitionedLog log, TailRegistry<TerminalKey, TerminalTail> tails)
    : IDisposable
{
    private readonly Dictionary<string, TerminalSubscription> _subscriptions = new(StringComparer.Ordinal);

    public int Count => _subscriptions.Count;

    public void UseLz4() => lane.UseLz4();

    public bool Has(string id) => _subscriptions.ContainsKey(id);

    /// <summary>Makes a subscription; false if there is no such terminal.</summary>
    /// <exception cref="LogUnavailableException">Nothing was subscribed; worth a retry.</exception>
    public async Task<bool> SubscribeAsync(ClientMessage.SubscribeTerminal message, CancellationToken connectionClosed)
    {
        var key = new TerminalKey(tenant, message.Task);

        // Asked before it is followed: names that nobody has must not use up what this worker can follow.
        if (await log.FindTerminalAsync(key, connectionClosed) is not { } asked)
        {
            return false;
        }

        TerminalTail tail = await tails.AcquireAsync(key, connectionClosed);
        if (tail.Bounds is not { } known)
        {
            tails.Release(key);
            return false;
        }

        // While nobody waits for its bytes a tail may know less than the log just said: then what it takes for the
        // first byte retained is trimmed already, and who wanted to begin there would begin with a gap.
        TerminalBounds bounds = asked.Epoch == known.Epoch && asked.End > known.End ? asked : known;

        TerminalCursor start;
        TerminalRead? found;
        try
        {
            start = await StartAsync(key, message.From, bounds, connectionClosed);
            if (message.From.Kind == TerminalFromKind.Start)
            {
                // The tail may have looked before something was trimmed: who wants what there is misses nothing of
                // that.
                found = await log.ReadTerminalAsync(key, start, 1, ReadLane.Bulk, connectionClosed);
                start = found?.Start ?? start;
            }
            else
            {
                found = await tail.AskAsync(start).WaitAsync(connectionClosed);
            }
        }
        catch
        {
            tails.Release(key);
            throw;
        }

        var subscription = new TerminalSubscription(message.Id, tail, start, lane.WindowBytes, outbox.Signal)
        {
            Size = found?.Start == start ? found.Size : null,
        };
        _subscriptions.Add(message.Id, subscription);
        lane.Add(subscription);
        return true;
    }

    /// <summary>Those whose terminals the grants do not cover.</summary>
    public IReadOnlyList<string> FindLost(Grants grants) =>
    [
        .. _subscriptions
            .Where(pair => !grants.MayReadTerminal(pair.Value.Tail.Terminal.Task))
            .Select(static pair => pair.Key),
    ];

    public void Unsubscribe(string id)
    {
        if (_subscriptions.Remove(id, out TerminalSubscription? subscription))
        {
            lane.Remove(subscription);
            tails.Release(subscription.Tail.Terminal);
        }
    }

    public void Acknowledge(ClientMessage.Ack message) =>
        _subscriptions.GetValueOrDefault(message.Id)?.Acknowledge(message.Offset, message.Epoch);

    /// <summary>Begins to pause; returns what to call once the client was told, or null if there is none of this
    /// id.</summary>
    public Action? Pause(string id)
    {
        if (!_subscriptions.TryGetValue(id, out TerminalSubscription? subscription))
        {
            return null;
        }

        subscription.IsResumeAsked = false;
        return () => subscription.IsPaused = true;
    }

    public void Resume(string id)
    {
        if (_subscriptions.TryGetValue(id, out TerminalSubscription? subscription))
        {
            subscription.IsResumeAsked = true;
            subscription.Wake();
        }
    }

    public void Dispose()
    {
        foreach (string id in _subscriptions.Keys.ToArray())
        {
            Unsubscribe(id);
        }
    }

    // An offset outside the bounds, or of another epoch, is left as it is: the first read says what became of it.
    private async Task<TerminalCursor> StartAsync(
        TerminalKey key, TerminalFrom from, TerminalBounds bounds, CancellationToken connectionClosed) =>
        from.Kind switch
        {
            TerminalFromKind.Start => new(bounds.Start, bounds.Epoch),
            TerminalFromKind.Tail => await new SafeReads(log).FindTailAsync(key, bounds, from.Value, connectionClosed),
            _ => new(from.Value, from.Epoch.IsNone ? bounds.Epoch : from.Epoch),
        };
}
