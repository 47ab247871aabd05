using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Json;
using Keys = Realtime.Protocol.Messages.ServerMessageKeys;

namespace Realtime.Protocol.Messages;

/// <summary>Writes every server message but <c>event</c> as JSON (see PROTOCOL.md; one method per <c>op</c>).</summary>
public static class ServerMessages
{
    /// <summary><c>welcome</c>.</summary>
    public static void WriteWelcome(IBufferWriter<byte> output, WelcomeMessage message)
    {
        Utf8JsonWriter writer = Begin(output, "welcome");
        writer.WriteString(Keys.Session, message.Session);
        writer.WriteStartArray(Keys.Features);
        foreach (string feature in message.Features)
        {
            writer.WriteStringValue(feature);
        }

        writer.WriteEndArray();
        writer.WriteNumber(Keys.HeartbeatMs, message.HeartbeatMs);
        writer.WriteStartObject(Keys.Limits);
        writer.WriteNumber(Keys.MessageBytes, message.MessageBytesMax);
        writer.WriteNumber(Keys.Subscriptions, message.SubscriptionsMax);
        writer.WriteNumber(Keys.TerminalWindowBytes, message.TerminalWindowBytes);
        writer.WriteEndObject();
        writer.WriteNumber(Keys.Time, message.TimeMs);
        Complete(writer);
    }

    /// <summary>
    /// <c>subscribed</c> to events; <paramref name="recovered"/> is null, and left out, if the client did not resume;
    /// <paramref name="reason"/> only if not recovered.
    /// </summary>
    public static void WriteSubscribed(
        IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition> cursor, bool? recovered, GapReason? reason)
    {
        Utf8JsonWriter writer = Begin(output, "subscribed", id);
        if (recovered is { } known)
        {
            writer.WriteBoolean(Keys.Recovered, known);
        }

        if (reason is { } why)
        {
            writer.WriteString(Keys.Reason, GapReasons.NameOf(why));
        }

        writer.WritePositions(Keys.Cursor, cursor);
        Complete(writer);
    }

    /// <summary>
    /// <c>subscribed</c> to a terminal: <c>task</c>, <c>epoch</c>, <c>offset</c> where delivery begins, and the
    /// <c>size</c> in effect there if it is known.
    /// </summary>
    public static void WriteSubscribedTerminal(
        IBufferWriter<byte> output, string id, string task, Epoch epoch, long offset,
        (int Columns, int Rows)? size = null)
    {
        Utf8JsonWriter writer = Begin(output, "subscribed", id);
        writer.WriteString(Keys.Task, task);
        writer.WriteString(Keys.Epoch, epoch.ToString());
        writer.WriteNumber(Keys.Offset, offset);
        if (size is { } known)
        {
            WriteSize(writer, Keys.Size, known);
        }

        Complete(writer);
    }

    /// <summary><c>unsubscribed</c>.</summary>
    public static void WriteUnsubscribed(IBufferWriter<byte> output, string id) =>
        Complete(Begin(output, "unsubscribed", id));

    /// <summary>
    /// <c>paused</c>: nothing of the subscription follows; <paramref name="cursor"/> is where it stands (events).
    /// </summary>
    public static void WritePaused(IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition>? cursor)
    {
        Utf8JsonWriter writer = Begin(output, "paused", id);
        if (cursor is not null)
        {
            writer.WritePositions(Keys.Cursor, cursor);
        }

        Complete(writer);
    }

    /// <summary><c>replay</c>: the first element of an array of events.</summary>
    public static void WriteReplay(IBufferWriter<byte> output, string id) => Complete(Begin(output, "replay", id));

    /// <summary><c>snapshot</c>: the end of the snapshot values.</summary>
    public static void WriteSnapshot(IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition> cursor)
    {
        Utf8JsonWriter writer = Begin(output, "snapshot", id);
        writer.WriteBoolean(Keys.End, true);
        writer.WritePositions(Keys.Cursor, cursor);
        Complete(writer);
    }

    /// <summary><c>cursor</c> of one subscription.</summary>
    public static void WriteCursor(IBufferWriter<byte> output, string id, IReadOnlyList<EventPosition> cursor)
    {
        Utf8JsonWriter writer = Begin(output, "cursor", id);
        writer.WritePositions(Keys.Cursor, cursor);
        Complete(writer);
    }

    /// <summary><c>conflated</c>.</summary>
    public static void WriteConflated(IBufferWriter<byte> output, string id, long count)
    {
        Utf8JsonWriter writer = Begin(output, "conflated", id);
        writer.WriteNumber(Keys.Count, count);
        Complete(writer);
    }

    /// <summary><c>gap</c> in events; <paramref name="missing"/> is left out if it can't be known.</summary>
    public static void WriteGap(
        IBufferWriter<byte> output, string id, EventPosition after, EventPosition resumesAt, EventPosition cursor,
        long? missing, GapReason reason)
    {
        Utf8JsonWriter writer = Begin(output, "gap", id);
        writer.WriteNumber(Keys.Partition, after.Partition);
        writer.WritePosition(Keys.After, after);
        writer.WritePosition(Keys.ResumesAt, resumesAt);
        writer.WritePosition(Keys.Cursor, cursor);
        CompleteGap(writer, missing, reason);
    }

    /// <summary>
    /// <c>gap</c> in a terminal: <c>task</c>, <c>after</c> and <c>resumes_at</c> as offset and epoch, <c>missing</c> in
    /// bytes.
    /// </summary>
    public static void WriteTerminalGap(
        IBufferWriter<byte> output, string id, string task, long after, Epoch afterEpoch, long resumesAt, Epoch epoch,
        long? missing, GapReason reason)
    {
        Utf8JsonWriter writer = Begin(output, "gap", id);
        writer.WriteString(Keys.Task, task);
        writer.WriteString(Keys.After, OffsetText(after, afterEpoch));
        writer.WriteString(Keys.ResumesAt, OffsetText(resumesAt, epoch));
        CompleteGap(writer, missing, reason);
    }

    /// <summary>
    /// <c>terminal</c> with bytes (base64, of an LZ4 block if they are compressed), a <c>resize</c> and, on the last
    /// one, <c>end</c>.
    /// </summary>
    public static void WriteTerminal(IBufferWriter<byte> output, TerminalMessage message)
    {
        Utf8JsonWriter writer = Begin(output, "terminal", message.Id);
        WriteTerminalFields(writer, message);
        Complete(writer);
    }

    /// <summary>
    /// <c>terminal</c> without <c>op</c> and <c>id</c>, to be shared by many subscriptions: <see
    /// cref="TerminalOpening"/> goes in behind its first byte.
    /// </summary>
    public static void WriteTerminalBody(IBufferWriter<byte> output, TerminalMessage message)
    {
        Utf8JsonWriter writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        WriteTerminalFields(writer, message);
        Complete(writer);
    }

    /// <summary>What makes a body that of one subscription.</summary>
    public static byte[] TerminalOpening(string id)
    {
        var message = new ArrayBufferWriter<byte>(64);
        Complete(Begin(message, "terminal", id));

        // {"op":"terminal","id":"…"} without its braces, and the comma before the body's fields.
        return [.. message.WrittenSpan[1..^1], (byte)','];
    }

    /// <summary><c>pong</c>.</summary>
    public static void WritePong(IBufferWriter<byte> output, string? nonce) => WriteLiveness(output, "pong", nonce);

    /// <summary><c>ping</c>.</summary>
    public static void WritePing(IBufferWriter<byte> output, string? nonce) => WriteLiveness(output, "ping", nonce);

    /// <summary><c>drain</c>: leave by <c>deadline</c> ms, reconnect after <c>delay</c> ms.</summary>
    public static void WriteDrain(IBufferWriter<byte> output, int deadlineMs, int delayMs)
    {
        Utf8JsonWriter writer = Begin(output, "drain");
        writer.WriteNumber(Keys.Deadline, deadlineMs);
        writer.WriteNumber(Keys.Delay, delayMs);
        Complete(writer);
    }

    /// <summary><c>authenticated</c>: the fresh token holds, up to this time.</summary>
    public static void WriteAuthenticated(IBufferWriter<byte> output, long expiresAtMs) =>
        WriteExpiry(output, "authenticated", expiresAtMs);

    /// <summary><c>expiring</c>: the token ends at this time, and the connection with it.</summary>
    public static void WriteExpiring(IBufferWriter<byte> output, long expiresAtMs) =>
        WriteExpiry(output, "expiring", expiresAtMs);

    /// <summary>
    /// <c>error</c>; <paramref name="op"/> and <paramref name="id"/> name the request, if it was one.
    /// </summary>
    public static void WriteError(
        IBufferWriter<byte> output, string code, string detail, string? op, string? id, bool retry)
    {
        Utf8JsonWriter writer = Begin(output, "error");
        writer.WriteString(Keys.Code, code);
        writer.WriteString(Keys.Detail, detail);
        WriteIfAny(writer, Keys.Request, op);
        WriteIfAny(writer, Keys.Id, id);
        writer.WriteBoolean(Keys.Retry, retry);
        Complete(writer);
    }

    private static void WriteTerminalFields(Utf8JsonWriter writer, TerminalMessage message)
    {
        writer.WriteString(Keys.Task, message.Task);
        writer.WriteString(Keys.Epoch, message.Epoch.ToString());
        writer.WriteNumber(Keys.Offset, message.Offset);
        writer.WriteNumber(Keys.Length, message.Length);
        writer.WriteBase64String(Keys.Data, message.Data.Span);
        writer.WriteString(Keys.Encoding, message.DecompressedLength is null ? Keys.Base64 : Keys.Lz4Base64);
        writer.WriteString(Keys.Stream, message.Stream);
        if (message.Resize is { } size)
        {
            WriteSize(writer, Keys.Resize, size);
        }

        if (message.ExitCode is { } exitCode)
        {
            writer.WriteStartObject(Keys.End);
            writer.WriteNumber(Keys.ExitCode, exitCode);
            writer.WriteEndObject();
        }
    }

    private static void WriteSize(Utf8JsonWriter writer, JsonEncodedText key, (int Columns, int Rows) size)
    {
        writer.WriteStartObject(key);
        writer.WriteNumber(Keys.Columns, size.Columns);
        writer.WriteNumber(Keys.Rows, size.Rows);
        writer.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> output, string op, string? id = null)
    {
        Utf8JsonWriter writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString(Keys.Op, op);
        WriteIfAny(writer, Keys.Id, id);
        return writer;
    }

    private static void WriteIfAny(Utf8JsonWriter writer, JsonEncodedText key, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(key, value);
        }
    }

    private static void WriteLiveness(IBufferWriter<byte> output, string op, string? nonce)
    {
        Utf8JsonWriter writer = Begin(output, op);
        WriteIfAny(writer, Keys.Nonce, nonce);
        Complete(writer);
    }

    private static void WriteExpiry(IBufferWriter<byte> output, string op, long expiresAtMs)
    {
        Utf8JsonWriter writer = Begin(output, op);
        writer.WriteNumber(Keys.ExpiresAt, expiresAtMs);
        Complete(writer);
    }

    private static void CompleteGap(Utf8JsonWriter writer, long? missing, GapReason reason)
    {
        if (missing is { } count)
        {
            writer.WriteNumber(Keys.Missing, count);
        }

        writer.WriteString(Keys.Reason, GapReasons.NameOf(reason));
        Complete(writer);
    }

    private static string OffsetText(long offset, Epoch epoch) =>
        new TerminalFrom(TerminalFromKind.Offset, offset, epoch).ToString();

    private static void Complete(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        JsonWriters.Complete(writer);
    }
}
