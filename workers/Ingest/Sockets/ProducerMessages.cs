using System.Buffers;
using System.Text.Json;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Workers.Answers;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// Writes what a producer gets on its socket, besides <c>pong</c> and <c>drain</c>, which viewers get too.
/// </summary>
internal static class ProducerMessages
{
    /// <summary><c>welcome</c>, with the limits of this connection.</summary>
    public static ControlMessage Welcome(
        string session, TimeSpan heartbeat, int messageBytesMax, IngestOptions options, int inFlightMax, long timeMs) =>
        Write("welcome", null, json =>
        {
            json.WriteString("session"u8, session);
            json.WriteStartArray("features"u8);
            json.WriteEndArray();
            json.WriteNumber("heartbeat_ms"u8, (int)heartbeat.TotalMilliseconds);
            json.WriteStartObject("limits"u8);
            json.WriteNumber("message_bytes"u8, messageBytesMax);
            json.WriteNumber("body_bytes"u8, options.BodyBytesMax);
            json.WriteNumber("events"u8, options.EventsMax);
            json.WriteNumber("payload_bytes"u8, options.PayloadBytesMax);
            json.WriteNumber("in_flight"u8, inFlightMax);
            json.WriteEndObject();
            json.WriteNumber("time"u8, timeMs);
        });

    /// <summary><c>published</c>, <c>appended</c>, <c>ended</c> or <c>resized</c>.</summary>
    public static ControlMessage Done(string op, long seq, IngestAnswer.Done answer, Action? sent = null) =>
        Write(op, sent, json =>
        {
            json.WriteNumber("seq"u8, seq);
            answer.WriteMembers(json);
        });

    /// <summary><c>error</c>: what a problem document says over HTTP, for one request.</summary>
    public static ControlMessage Error(IngestAnswer.Refused refused, string request, long? seq, Action? sent = null) =>
        Write("error", sent, json =>
        {
            json.WriteString("code"u8, refused.Code);
            json.WriteString("detail"u8, refused.Detail);
            json.WriteString("request"u8, request);
            if (seq is { } number)
            {
                json.WriteNumber("seq"u8, number);
            }

            json.WriteBoolean("retry"u8, Problem.IsRetryable(refused.Code));
            if (refused.RetryAfter is { } wait)
            {
                json.WriteNumber("retry_after_ms"u8, (long)wait.TotalMilliseconds);
            }

            WriteErrors(json, refused.Errors);
            refused.WriteMembers?.Invoke(json);
        });

    /// <summary><c>pause</c> or <c>resume</c>, of a task's terminal, or of all events.</summary>
    public static ControlMessage Pressure(string? task, Pressure pressure) =>
        Write(pressure.State == PressureState.Pause ? "pause" : "resume", null, json =>
        {
            json.WriteString("what"u8, task is null ? "events"u8 : "terminal"u8);
            if (task is not null)
            {
                json.WriteString("task"u8, task);
            }

            PublishAnswer.WritePressure(json, pressure);
        });

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<ProblemError> errors)
    {
        if (errors.Count == 0)
        {
            return;
        }

        json.WriteStartArray("errors"u8);
        foreach (ProblemError error in errors)
        {
            json.WriteStartObject();
            json.WriteString("where"u8, error.Where);
            json.WriteString("detail"u8, error.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ControlMessage Write(string op, Action? sent, Action<Utf8JsonWriter> writeMembers)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, JsonAnswer.Options))
        {
            json.WriteStartObject();
            json.WriteString("op"u8, op);
            writeMembers(json);
            json.WriteEndObject();
        }

        return new ControlMessage(op, output.WrittenMemory, sent);
    }
}
