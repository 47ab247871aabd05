using System.Buffers;
using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// Writes the bytes of terminals to one connection: shared bodies, each opened for its subscription. Owned by the send
/// loop.
/// </summary>
internal sealed class TerminalWriter(IWireFormat format)
{
    private volatile bool _readsLz4;

    private TerminalForm Form => format.TerminalFormOf(_readsLz4);

    /// <summary>The client reads LZ4. Called by the receive loop.</summary>
    public void UseLz4() => _readsLz4 = true;

    /// <summary>
    /// Writes a piece of a batch from where the subscription stands, within its credit and the length of a slice, and
    /// moves it.
    /// </summary>
    /// <returns>How long that was on the wire.</returns>
    public int WritePiece(
        TerminalSubscription subscription, TerminalBatch batch, int wireBytesMax, IBufferWriter<byte> output)
    {
        TerminalForm form = Form;
        int start = (int)(subscription.Position.Offset - batch.Offset);
        int length;
        ReadOnlySpan<byte> body;
        if (batch.PieceAt(start, subscription.Credit, wireBytesMax, form) is { } piece)
        {
            body = piece.BodyFor(form);
            length = piece.Length;
        }
        else
        {
            length = RawLength(batch.Length, start, subscription.Credit, wireBytesMax);
            body = BodyOf(batch.MessageOf(start, length), form);
        }

        subscription.Position =
            subscription.Position with { Offset = subscription.Position.Offset + length, Records = 0 };
        return Write(subscription, form, body, output);
    }

    /// <summary>The last message of a terminal that has ended.</summary>
    public void WriteEnd(TerminalSubscription subscription, int exitCode, IBufferWriter<byte> output) => Write(
        subscription, Form, BodyOf(Message(subscription) with { ExitCode = exitCode }, Form), output);

    /// <summary>From where the subscription stands on, the terminal's screen has this size.</summary>
    public void WriteResize(TerminalSubscription subscription, TerminalSize size, IBufferWriter<byte> output) => Write(
        subscription, Form, BodyOf(Message(subscription) with { Resize = (size.Columns, size.Rows) }, Form), output);

    // The rest of a batch that was joined inside, or as much as there is credit for: sent raw, and where it is a part
    // only, up to where shared slices begin.
    private static int RawLength(int batchLength, int start, int credit, int wireBytesMax)
    {
        int room = Math.Max(TerminalBatch.SliceBytesMin, (wireBytesMax - TerminalForms.OverheadBytes) / 4 * 3);
        int length = Math.Min(Math.Min(batchLength - start, credit), room);
        int sliced = (start + length) / TerminalBatch.SliceBytesMin * TerminalBatch.SliceBytesMin;
        return start + length < batchLength && sliced > start ? sliced - start : length;
    }

    private static TerminalMessage Message(TerminalSubscription subscription) => new()
    {
        Id = subscription.Id,
        Task = subscription.Tail.Terminal.Task,
        Epoch = subscription.Position.Epoch,
        Offset = subscription.Position.Offset,
    };

    private static ReadOnlySpan<byte> BodyOf(TerminalMessage message, TerminalForm form)
    {
        ArrayBufferWriter<byte> scratch = FrameScratch.Take();
        TerminalForms.WriteBody(form, scratch, message);
        return scratch.WrittenSpan;
    }

    private int Write(
        TerminalSubscription subscription, TerminalForm form, ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        if (subscription.Opening is not { } opening || opening.Form != form)
        {
            subscription.Opening = opening = (form, TerminalForms.Opening(form, subscription.Id));
        }

        format.WriteTerminal(output, opening.Bytes, body);
        return opening.Bytes.Length + body.Length;
    }
}
