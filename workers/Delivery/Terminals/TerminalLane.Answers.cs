using System.Buffers;
using Realtime.Log;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery.Terminals;

// What the lane makes of the log's answers, once they are there.
internal sealed partial class TerminalLane
{
    /// <summary>Takes what a read of history brought; false if the viewer has to wait, or to ask.</summary>
    private bool TakeFetched(TerminalSubscription subscription, Task<TerminalFetch> fetch)
    {
        if (!fetch.IsCompletedSuccessfully)
        {
            _ = fetch.Exception;
            subscription.RetryAt = _wake.After(RetryDelay);
            return false;
        }

        // The task has completed, so this does not block. Held here, since who reads must get on whatever memory there
        // is.
        subscription.Batch = fetch.GetAwaiter().GetResult().Find(subscription.Position);
        if (subscription.Batch is null)
        {
            subscription.Question = subscription.Tail.AskAsync(subscription.Position);
            subscription.Question.GetAwaiter().UnsafeOnCompleted(outbox.Signal.Raise);
        }

        return subscription.Batch is not null;
    }

    private bool TakeAnswer(TerminalSubscription subscription, Task<TerminalRead?> question, IBufferWriter<byte> output)
    {
        if (!question.IsCompletedSuccessfully)
        {
            _ = question.Exception;
            subscription.RetryAt = _wake.After(RetryDelay);
            return true;
        }

        TerminalKnown known = subscription.Tail.Known;
        if (question.GetAwaiter().GetResult() is not { } answer)
        {
            subscription.Tail.Refresh();
            return TellGone(subscription, known, output);
        }

        subscription.IsToldGone = false;
        if (answer.Outcome != ReadOutcome.Whole)
        {
            _notices.WriteGap(subscription, answer, output);
            subscription.Sent.Clear();
            AwaitTheRest();
            subscription.MoveTo(answer.Start);
            if (answer.Size is { } size && size != subscription.Size)
            {
                TellSize(subscription, size, output);
            }
        }

        if (known.Bounds is not { } bounds || !IsWithin(subscription.Position, bounds))
        {
            // The tail is behind what this viewer knows; or the log is just changing under both, so not for ever.
            subscription.Tail.Refresh();
            subscription.ParkedUntil = _wake.After(RetryDelay);
            subscription.ParkedAt = TerminalSubscription.ParkedForAnything;
            if (!ReferenceEquals(subscription.Tail.Known, known))
            {
                subscription.ParkedAt = TerminalSubscription.NotParked;
            }
        }

        return true;
    }

    private bool TellGone(TerminalSubscription subscription, TerminalKnown known, IBufferWriter<byte> output)
    {
        if (subscription.IsToldGone)
        {
            return !subscription.Tail.TryPark(subscription, known);
        }

        subscription.IsToldGone = true;
        _notices.WriteGone(subscription, output);
        return true;
    }
}
