using System.Buffers;

namespace Realtime.Protocol.Messages;

/// <summary>Writes every server message but <c>event</c> as JSON (see PROTOCOL.md; one method per <c>op</c>).</summary>
public static class ServerMessages
{
    /// <summary><c>welcome</c>.</summary>
    public static void WriteWelcome(IBufferWriter<byte> output, WelcomeMessage message) => throw new NotImplementedException();

    /// <summary><c>subscribed</c> to events; <paramref name="reason"/> only if not recovered.</summary>
    public static void WriteSubscribed(
        IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition> cursor, bool? recovered, GapReason? reason) =>
        throw new NotImplementedException();

    /// <summary><c>subscribed</c> to a terminal: <c>task</c>, <c>epoch</c>, <c>offset</c> where delivery begins.</summary>
    public static void WriteSubscribedTerminal(
        IBufferWriter<byte> output, string id, string task, Epoch epoch, long offset) => throw new NotImplementedException();

    /// <summary><c>unsubscribed</c>.</summary>
    public static void WriteUnsubscribed(IBufferWriter<byte> output, string id) => throw new NotImplementedException();

    /// <summary><c>replay</c>: the first element of an array of events.</summary>
    public static void WriteReplay(IBufferWriter<byte> output, string id) => throw new NotImplementedException();

    /// <summary><c>snapshot</c>: the end of the snapshot values.</summary>
    public static void WriteSnapshot(IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition> cursor) =>
        throw new NotImplementedException();

    /// <summary><c>cursor</c> of one subscription.</summary>
    public static void WriteCursor(IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition> cursor) =>
        throw new NotImplementedException();

    /// <summary><c>conflated</c>.</summary>
    public static void WriteConflated(IBufferWriter<byte> output, string id, long count) => throw new NotImplementedException();

    /// <summary><c>gap</c> in events; <paramref name="missing"/> is left out if it can't be known.</summary>
    public static void WriteGap(
        IBufferWriter<byte> output, string id, EventPosition after, EventPosition resumesAt, long? missing, GapReason reason) =>
        throw new NotImplementedException();

    /// <summary><c>gap</c> in a terminal: <c>task</c>, <c>after</c> and <c>resumes_at</c> as offset and epoch, <c>missing</c> in bytes.</summary>
    public static void WriteTerminalGap(
        IBufferWriter<byte> output, string id, string task, long after, Epoch afterEpoch, long resumesAt, Epoch epoch,
        long? missing, GapReason reason) => throw new NotImplementedException();

    /// <summary><c>terminal</c> with bytes (base64) and, on the last one, <c>end</c>.</summary>
    public static void WriteTerminal(IBufferWriter<byte> output, TerminalMessage message) => throw new NotImplementedException();

    /// <summary><c>pong</c>.</summary>
    public static void WritePong(IBufferWriter<byte> output, string? nonce) => throw new NotImplementedException();

    /// <summary><c>ping</c>.</summary>
    public static void WritePing(IBufferWriter<byte> output, string? nonce) => throw new NotImplementedException();

    /// <summary><c>drain</c>: leave by <c>deadline</c> ms, reconnect after <c>delay</c> ms.</summary>
    public static void WriteDrain(IBufferWriter<byte> output, int deadlineMs, int delayMs) => throw new NotImplementedException();

    /// <summary><c>error</c>; <paramref name="op"/> and <paramref name="id"/> name the request, if it was one.</summary>
    public static void WriteError(
        IBufferWriter<byte> output, string code, string detail, string? op, string? id, bool retry) =>
        throw new NotImplementedException();
}
