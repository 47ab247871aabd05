using System.Buffers;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Delivery;

/// <summary>
/// What replay and snapshots may send now, so that live waits for them no longer than for terminals. They are not
/// acknowledged by clients; behind each step goes a mark, which the other end's protocol stack sends back. Owned by the
/// send loop.
/// </summary>
internal sealed class ReplayFlow(Outbox outbox, BulkFlow flow, DeliveryOptions options, TimeProvider clock)
    : IDisposable
{
    private const int StepBytesMin = 1024;

    /// <summary>Who sends no mark back in so many times the patience does not send any back.</summary>
    private const int PatienceTimes = 5;

    private readonly Queue<Sending> _marks = new();
    private readonly WakeTimer _wake = new(outbox.Signal, clock);
    private bool _isPaced = outbox.Format.HasMarks;

    /// <summary>Takes note of marks that came back.</summary>
    public void TakeAnswers()
    {
        long answered = outbox.AnsweredTo;
        while (_marks.TryPeek(out Sending mark) && mark.EndsAt <= answered)
        {
            _marks.Dequeue();
            flow.Arrived(mark);
            _isPaced = true;
        }
    }

    /// <summary>
    /// Whether a step may go now, and of how many bytes (about: the last event goes whole). If not, the send loop is
    /// woken when one may.
    /// </summary>
    public bool MaySend(out int stepBytes)
    {
        stepBytes = options.CatchUpStepBytes;
        if (!_isPaced)
        {
            return true;
        }

        if (!flow.MaySend())
        {
            flow.WasLimited();
            if (_marks.TryPeek(out Sending oldest)
                && clock.GetElapsedTime(oldest.SentAt) > PatienceTimes * options.BulkPatience)
            {
                _isPaced = false;
                flow.AwaitNoMarks();
                return true;
            }

            if (_wake.MustWait(flow.OverdueAt))
            {
                return false;
            }

            flow.Overdue();
        }

        stepBytes = Math.Min(stepBytes, Math.Max(StepBytesMin, flow.NextSliceBytes));
        return true;
    }

    /// <summary>Takes note of a step, and writes its mark.</summary>
    public void Sent(int bytes, IBufferWriter<byte> output)
    {
        if (_isPaced && bytes > 0)
        {
            Sending sending = flow.Sent(bytes, isMarked: true);
            outbox.Format.WriteMark(output, sending.EndsAt);
            _marks.Enqueue(sending);
        }
    }

    public void Dispose() => _wake.Dispose();
}
