using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Delivery;

/// <summary>How messages look on one kind of connection. Formats are few, stateless and shared by all
/// connections.</summary>
internal interface IWireFormat
{
    /// <summary>Its number, below <see cref="WireFormats.Count"/>: where <see cref="SharedEvent"/> keeps its
    /// frame.</summary>
    int Index { get; }

    /// <summary>
    /// Whether each batch is followed by the subscription's cursor (Server-Sent Events: the browser itself keeps it and
    /// sends it as <c>Last-Event-ID</c>).
    /// </summary>
    bool FollowsBatchesWithCursor { get; }

    /// <summary>Writes an event's message alone, in the form in which this format carries it.</summary>
    void WriteEvent(
        IBufferWriter<byte> message, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot);

    /// <summary>Puts what <see cref="WriteEvent"/> wrote into the frame that all its receivers share.</summary>
    ReadyFrame Frame(ReadOnlySpan<byte> message);

    /// <summary>Writes a message for one connection.</summary>
    void WriteMessage(IBufferWriter<byte> output, ControlMessage message);

    /// <summary>How terminal bytes look, for a client that said whether it reads LZ4.</summary>
    TerminalForm TerminalFormOf(bool readsLz4);

    /// <summary>Writes a shared body of that form; what makes it a subscription's goes in behind its first
    /// byte.</summary>
    void WriteTerminal(IBufferWriter<byte> output, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> body);

    /// <summary>Writes older events of one subscription behind their header, whose JSON is given.</summary>
    void WriteReplay(IBufferWriter<byte> output, ReadOnlySpan<byte> header, IReadOnlyList<ReadyFrame> frames);

    /// <summary>Writes what keeps the connection alive on its way.</summary>
    void WriteHeartbeat(IBufferWriter<byte> output);

    /// <summary>Whether there is a mark that the other end's protocol stack sends back by itself.</summary>
    bool HasMarks { get; }

    /// <summary>Writes such a mark, behind what it is for.</summary>
    void WriteMark(IBufferWriter<byte> output, long number);

    /// <summary>Writes the cursor that follows a batch.</summary>
    void WriteCursor(IBufferWriter<byte> output, IReadOnlyList<EventPosition> cursor);

    /// <summary>Answers a transport-level ping.</summary>
    void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload);

    /// <summary>Writes the end of the connection.</summary>
    void WriteClose(IBufferWriter<byte> output, CloseCode code, string reason);
}
