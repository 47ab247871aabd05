using System.Buffers;
using Realtime.Client.Wire;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// Values that a broken connection cut off. To resume with <c>after</c> loses no event, but the server then sees
/// nothing lost and sends no values; so they are asked for beside it, by a subscription of their own that ends with
/// them. What it would tell of events is left to the main one: the values may be newer than what is replayed, and the
/// last word is the same. Lives on one connection: the next one makes another.
/// </summary>
internal sealed class ValuesRefill(
    string id, EventSubscriptionOptions wanted, EventFeed main, FeedContext context) : IFeed
{
    private readonly EventSubscriptionOptions _asked =
        wanted with { After = null, Snapshot = true, Conflate = false };

    public string Id => id;

    private FeedControl Control { get; } = new(context);

    public void OnMessage(ServerMessage message)
    {
        switch (message.Op)
        {
            case "subscribed":
                Change(static flow => flow.OnSubscribed());
                break;
            case "snapshot":
                main.OnRefillEnd(message.Bytes);
                break;

            // There is room again when another subscription ends; the main one lacks nothing but these values.
            case "error" when !Control.TryRetry(message.Retry || message.Code == ErrorCodes.TooMany):
                Change(static flow => flow.End());
                main.Fail(new RealtimeException(
                    message.Code ?? ClientErrorCodes.Protocol, message.Detail ?? "The values were refused.", false));
                break;
        }
    }

    public void OnReplayed(AgentEvent arrived, EventOrigin origin, int bytes)
    {
        if (origin == EventOrigin.Snapshot && Control.Status == SubscriptionStatus.Active)
        {
            main.OnRefilled(arrived, bytes);
        }
    }

    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        // Before its own gate: whoever holds the main one's may wait for that. The main one wakes the connection when
        // it has room again.
        bool isFull;
        lock (main.Control.Gate)
        {
            isFull = main.Buffer.IsFull;
        }

        FlowStep step;
        lock (Control.Gate)
        {
            // What is asked for comes whole, as any snapshot does: so it is held back here, and not paused later.
            bool mustWait = isFull && Control.Flow is { Phase: FlowPhase.Apart, IsClosed: false };
            step = mustWait ? FlowStep.None : Control.Flow.Next();
        }

        switch (step)
        {
            case FlowStep.None:
                return false;
            case FlowStep.Subscribe:
                ClientMessages.WriteSubscribe(output, id, _asked, after: null);
                return true;
            default:
                ClientMessages.WriteCommand(output, SubscriptionFlow.NameOf(step), id);
                Control.Settle(this);
                return true;
        }
    }

    public void OnDisconnected() => Close();

    /// <summary>The connection is closed for good, for the main one too.</summary>
    public void Fail(RealtimeException error) => Close();

    public void Close() => Change(static flow => flow.End());

    /// <summary>Nobody wants them any more; the server is told.</summary>
    public void Leave() => Change(static flow => flow.Close());

    private void Change(Action<SubscriptionFlow> change)
    {
        lock (Control.Gate)
        {
            change(Control.Flow);
        }

        Control.Settle(this);
    }
}
