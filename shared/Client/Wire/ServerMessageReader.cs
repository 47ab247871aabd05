using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Client.Wire;

/// <summary>
/// Reads messages of the server straight from the bytes received. Fields that are unknown, or not of the kind that is
/// known, are skipped; what is missing then is for the one who needs it to find.
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
            ServerMessageFields.SetGiven(message, field);
            switch (reader.TokenType)
            {
                case JsonTokenType.String when field is not ServerField.Payload:
                    ReadText(ref reader, message, field);
                    break;
                case JsonTokenType.Number when field is not ServerField.Payload:
                    if (reader.TryGetInt64(out long number))
                    {
                        ServerMessageFields.SetNumber(message, field, number);
                    }

                    break;
                case JsonTokenType.True or JsonTokenType.False when field is not ServerField.Payload:
                    ServerMessageFields.SetFlag(message, field, reader.TokenType == JsonTokenType.True);
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
                ServerMessageFields.SetText(message, field, reader.GetString()!);
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
            case ServerField.End or ServerField.Limits or ServerField.Size or ServerField.Resize
                when reader.TokenType == JsonTokenType.StartObject:
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
}
