using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Client.Wire;

/// <summary>
/// Reads messages of the server straight from the bytes received. Fields that are unknown, or not of the kind that is
/// known,
/// are skipped; what is missing then is for the one who needs it to find.
/// </summary>
internal static class ServerMessageReader
{
    /// <summary>Payloads nest 32 deep at most, inside of a message inside of an array.</summary>
    private const int DepthMax = 64;

    /// <summary>How all answers of the server are read.</summary>
    public static JsonReaderOptions Options { get; } = new() { MaxDepth = DepthMax };

    /// <summary>Reads one object; the reader stands at its start, and afterwards at its end.</summary>
    /// <exception cref="JsonException">It is no JSON, or too deep.</exception>
    public static void ReadObject(ref Utf8JsonReader reader, ServerMessage message)
    {
        message.Clear();
        long start = reader.TokenStartIndex;
        ReadFields(ref reader, message);
        message.Bytes = (int)(reader.BytesConsumed - start);
    }

    /// <summary>Reads positions, given as a list or alone, into the message's cursor.</summary>
    public static void ReadPositions(ref Utf8JsonReader reader, ServerMessage message)
    {
        message.HasCursor = true;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            ReadPosition(ref reader, message);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadPosition(ref reader, message);
        }
    }

    /// <summary>The text that the reader stands at; null for anything else, which is skipped.</summary>
    public static string? ReadText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    private static void ReadFields(ref Utf8JsonReader reader, ServerMessage message)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ServerField field = ServerFields.Find(in reader);
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when field is not ServerField.Payload:
                    ReadText(ref reader, message, field);
                    break;
                case JsonTokenType.Number when field is not ServerField.Payload:
                    if (reader.TryGetInt64(out long number))
                    {
                        SetNumber(message, field, number);
                    }

                    break;
                case JsonTokenType.True or JsonTokenType.False when field is not ServerField.Payload:
                    SetFlag(message, field, reader.TokenType == JsonTokenType.True);
                    break;
                default:
                    ReadOther(ref reader, message, field);
                    break;
            }
        }
    }

    private static void ReadText(ref Utf8JsonReader reader, ServerMessage message, ServerField field)
    {
        switch (field)
        {
            case ServerField.None:
                break;
            case ServerField.Cursor:
                ReadPositions(ref reader, message);
                break;
            case ServerField.Data:
                message.Data = reader.TryGetBytesFromBase64(out byte[]? data) ? data : null;
                break;
            default:
                SetText(message, field, reader.GetString()!);
                break;
        }
    }

    private static void ReadOther(ref Utf8JsonReader reader, ServerMessage message, ServerField field)
    {
        switch (field)
        {
            case ServerField.Payload:
                message.Payload = JsonElement.ParseValue(ref reader);
                break;
            case ServerField.Cursor:
                ReadPositions(ref reader, message);
                break;
            case ServerField.End or ServerField.Limits when reader.TokenType == JsonTokenType.StartObject:
                ReadFields(ref reader, message);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void ReadPosition(ref Utf8JsonReader reader, ServerMessage message)
    {
        Span<char> text = stackalloc char[EventPosition.TextLengthMax];
        if (reader.TokenType == JsonTokenType.String
            && !reader.ValueIsEscaped && reader.ValueSpan.Length <= text.Length
            && EventPosition.TryParse(text[..reader.CopyString(text)], out EventPosition position))
        {
            message.Cursor.Add(position);
            return;
        }

        message.HasBadPosition = true;
        reader.Skip();
    }

    private static void SetText(ServerMessage message, ServerField field, string text)
    {
        switch (field)
        {
            case ServerField.Op: message.Op = text; break;
            case ServerField.Id: message.Id = text; break;
            case ServerField.Channel: message.Channel = text; break;
            case ServerField.Type: message.Type = text; break;
            case ServerField.Agent: message.Agent = text; break;
            case ServerField.Task: message.Task = text; break;
            case ServerField.Project: message.Project = text; break;
            case ServerField.StateKey: message.StateKey = text; break;
            case ServerField.After: message.After = text; break;
            case ServerField.ResumesAt: message.ResumesAt = text; break;
            case ServerField.Reason: message.Reason = text; break;
            case ServerField.Epoch: message.Epoch = text; break;
            case ServerField.Encoding: message.Encoding = text; break;
            case ServerField.Stream: message.Stream = text; break;
            case ServerField.Nonce: message.Nonce = text; break;
            case ServerField.Code: message.Code = text; break;
            case ServerField.Detail: message.Detail = text; break;
            case ServerField.Request: message.Request = text; break;
        }
    }

    private static void SetNumber(ServerMessage message, ServerField field, long number)
    {
        switch (field)
        {
            case ServerField.Ts: message.Ts = number; break;
            case ServerField.Sent: message.Sent = number; break;
            case ServerField.Missing: message.Missing = number; break;
            case ServerField.Offset: message.Offset = number; break;
            case ServerField.Count: message.Count = number; break;
            case ServerField.Delay: message.Delay = number; break;
            case ServerField.Deadline: message.Deadline = number; break;
            case ServerField.HeartbeatMs: message.HeartbeatMs = number; break;
            case ServerField.Time: message.Time = number; break;
            case ServerField.Partition: message.Partition = ToInt(number); break;
            case ServerField.ExitCode: message.ExitCode = ToInt(number); break;
            case ServerField.MessageBytes: message.MessageBytes = ToInt(number); break;
            case ServerField.Subscriptions: message.Subscriptions = ToInt(number); break;
            case ServerField.TerminalWindowBytes: message.TerminalWindowBytes = ToInt(number); break;
        }
    }

    private static void SetFlag(ServerMessage message, ServerField field, bool flag)
    {
        switch (field)
        {
            case ServerField.Snapshot: message.Snapshot = flag; break;
            case ServerField.Recovered: message.Recovered = flag; break;
            case ServerField.Retry: message.Retry = flag; break;
        }
    }

    private static int? ToInt(long number) => number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
}
