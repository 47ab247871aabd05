using System.Buffers;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Workers.Delivery;

/// <summary>
/// One event, read and decoded once in this worker, with its frame per wire format made when the first receiver needs
/// it.
/// </summary>
internal sealed class SharedEvent(
    int partition, StreamCursor position, EntryId previous, EventEnvelope envelope, TimeProvider clock)
{
    private readonly ReadyFrame?[] _frames = new ReadyFrame?[WireFormats.Count];
    private ReadyFrame?[]? _snapshotFrames;

    /// <summary>Its id.</summary>
    public StreamCursor Position => position;

    /// <summary>The place right before it: where a reader stands that has not had it yet.</summary>
    public StreamCursor Before => new(previous, position.Epoch);

    public long Offset => position.Entry.Offset;

    public EventEnvelope Envelope => envelope;

    /// <summary>
    /// About what it costs to keep, bytes, with its frames, which are made later: it must not change while it is kept.
    /// </summary>
    public int Weight { get; } = 256 + (4 * envelope.Payload.Length);

    /// <summary>The frame that all receivers of a format share.</summary>
    public ReadyFrame FrameFor(IWireFormat format) => Frame(_frames, format, snapshot: false);

    /// <summary>The frame of the same event as a snapshot value.</summary>
    public ReadyFrame SnapshotFrameFor(IWireFormat format)
    {
        ReadyFrame?[] frames = _snapshotFrames ?? Interlocked.CompareExchange(
            ref _snapshotFrames, new ReadyFrame?[WireFormats.Count], null) ?? _snapshotFrames!;
        return Frame(frames, format, snapshot: true);
    }

    private ReadyFrame Frame(ReadyFrame?[] frames, IWireFormat format, bool snapshot)
    {
        ref ReadyFrame? slot = ref frames[format.Index];
        if (Volatile.Read(ref slot) is { } ready)
        {
            return ready;
        }

        ArrayBufferWriter<byte> message = FrameScratch.Take();
        format.WriteEvent(
            message, envelope, position.In(partition), clock.GetUtcNow().ToUnixTimeMilliseconds(), snapshot);
        ReadyFrame made = format.Frame(message.WrittenSpan);

        // Two readers may race to be first; the loser's is dropped, so that all share one.
        return Interlocked.CompareExchange(ref slot, made, null) ?? made;
    }
}
