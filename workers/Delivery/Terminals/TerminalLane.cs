using System.Buffers;
using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// The bulk lane of one connection: terminals, each read only as far as its viewer has credit for. Owned by the send loop, but
/// for adding and removing.
/// </summary>
internal sealed class TerminalLane(Outbox outbox, DeliveryOptions options, DeliveryMetrics metrics, TimeProvider clock)
    : IDisposable
{
    /// <summary>Bytes of one read and one message, at most: what a batch of the log holds.</summary>
    private const int BatchBytes = 32 * 1024;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly ArrayBufferWriter<byte> _json = new(256);
    private List<TerminalSubscription> _subscriptions = [];
    private readonly WakeTimer _wake = new(outbox.Signal, clock);
    private int _turn;

    public int WindowBytes => options.TerminalWindowBytes;

    public void Add(TerminalSubscription subscription)
    {
        lock (outbox.Gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        subscription.Tail.Watch(subscription);
        subscription.Wake();
    }

    public void Remove(TerminalSubscription subscription)
    {
        lock (outbox.Gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }

        subscription.Tail.Unwatch(subscription);
    }

    /// <summary>One step of the next terminal that can make one; false if none can before the send loop is woken.</summary>
    public bool Step(IBufferWriter<byte> output)
    {
        List<TerminalSubscription> subscriptions = Volatile.Read(ref _subscriptions);
        for (int i = 0; i < subscriptions.Count; i++)
        {
            _turn = (_turn + 1) % subscriptions.Count;
            if (Step(subscriptions[_turn], output))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _wake.Dispose();

    private bool Step(TerminalSubscription subscription, IBufferWriter<byte> output)
    {
        if (subscription.IsPaused)
        {
            if (!subscription.IsResumeAsked)
            {
                return false;
            }

            // Answered as if it began here: what comes from now on belongs to it again.
            subscription.IsPaused = false;
            subscription.Announced = false;
        }

        if (!subscription.Announced)
        {
            ServerMessages.WriteSubscribedTerminal(
                _json, subscription.Id, subscription.Tail.Terminal.Task, subscription.Position.Epoch,
                subscription.Position.Offset);
            Flush("subscribed", output);
            subscription.Announced = true;
            return true;
        }

        if (subscription.Read is { IsCompleted: true } read)
        {
            subscription.Read = null;
            return Take(subscription, read, output);
        }

        if (subscription.IsEnded || subscription.Read is not null)
        {
            return false;
        }

        if (subscription.Tail.Bounds is not { } bounds)
        {
            return TellGone(subscription, output);
        }

        TerminalCursor position = subscription.Position;
        if (bounds == subscription.NothingAt
            || (bounds.Epoch == position.Epoch && bounds.End == position.Offset && bounds.ExitCode is null)
            || (bounds.End > position.Offset && subscription.Credit == 0)
            || _wake.MustWait(subscription.RetryAt))
        {
            return false;
        }

        subscription.NothingAt = bounds;
        subscription.Read = subscription.Tail.ReadAsync(position, BatchBytes);
        subscription.Read.GetAwaiter().UnsafeOnCompleted(outbox.Signal.Raise);
        return false;
    }

    private bool Take(TerminalSubscription subscription, Task<TerminalRead?> read, IBufferWriter<byte> output)
    {
        if (!read.IsCompletedSuccessfully)
        {
            _ = read.Exception;
            subscription.NothingAt = null;
            subscription.RetryAt = _wake.After(RetryDelay);
            return true;
        }

        // The task has completed, so this does not block.
        if (read.GetAwaiter().GetResult() is not { } answer)
        {
            return TellGone(subscription, output);
        }

        subscription.IsToldGone = false;
        if (answer.Outcome != ReadOutcome.Whole)
        {
            TellGap(subscription, answer, output);
        }

        foreach (TerminalChunk chunk in answer.Chunks)
        {
            int length = Math.Min(chunk.Data.Length, subscription.Credit);
            if (chunk.Offset != subscription.Position.Offset || length == 0)
            {
                break;
            }

            Write(subscription, chunk.Data[..length], chunk.Source, null, output);
            subscription.NothingAt = null;
        }

        if (answer.Bounds.ExitCode is { } exitCode && subscription.Position.Offset == answer.Bounds.End)
        {
            subscription.IsEnded = true;
            Write(subscription, default, TerminalSource.Stdout, exitCode, output);
        }

        return true;
    }

    /// <summary>
    /// The terminal's time is over, or the log lost it. The subscription stays: should the terminal begin anew, a read finds
    /// its other epoch, and a gap is told.
    /// </summary>
    private bool TellGone(TerminalSubscription subscription, IBufferWriter<byte> output)
    {
        if (subscription.IsToldGone)
        {
            return false;
        }

        subscription.IsToldGone = true;
        ServerMessages.WriteError(
            _json, ErrorCodes.NotFound,
            "The terminal is there no more: it is no longer retained, or was lost. Should it begin anew, it goes on here.",
            op: null, subscription.Id, retry: false);
        Flush("error", output);
        return true;
    }

    private void TellGap(TerminalSubscription subscription, TerminalRead answer, IBufferWriter<byte> output)
    {
        TerminalCursor stood = subscription.Position;
        GapReason reason = answer.Outcome == ReadOutcome.Trimmed ? GapReason.Retention : GapReason.Epoch;
        metrics.GapTold(reason);
        long? missing = answer.Outcome == ReadOutcome.Trimmed ? answer.Start.Offset - stood.Offset : null;
        ServerMessages.WriteTerminalGap(
            _json, subscription.Id, subscription.Tail.Terminal.Task, stood.Offset, stood.Epoch, answer.Start.Offset,
            answer.Start.Epoch, missing, reason);
        Flush("gap", output);
        subscription.MoveTo(answer.Start);
        subscription.NothingAt = null;
    }

    private void Write(
        TerminalSubscription subscription, ReadOnlyMemory<byte> data, TerminalSource source, int? exitCode,
        IBufferWriter<byte> output)
    {
        TerminalCursor position = subscription.Position;
        outbox.Format.WriteTerminal(output, new TerminalMessage
        {
            Id = subscription.Id,
            Task = subscription.Tail.Terminal.Task,
            Epoch = position.Epoch,
            Offset = position.Offset,
            Data = data,
            Stream = source == TerminalSource.Stderr ? "stderr" : "stdout",
            ExitCode = exitCode,
        });
        subscription.Position = position with { Offset = position.Offset + data.Length };
    }

    private void Flush(string op, IBufferWriter<byte> output)
    {
        outbox.Format.WriteMessage(output, new ControlMessage(op, _json.WrittenMemory));
        _json.ResetWrittenCount();
    }
}
