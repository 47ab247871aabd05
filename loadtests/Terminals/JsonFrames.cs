using System.Text.Json;

namespace Realtime.Loadtests.Terminals;

/// <summary>Reads frames of <c>realtime.v1.json</c> as far as terminals need it.</summary>
internal static class JsonFrames
{
    /// <summary>Hands over each message; false if the frame is damaged.</summary>
    public static bool Read(ReadOnlySpan<byte> frame, ReceivedMessageHandler handler)
    {
        var reader = new Utf8JsonReader(frame);
        try
        {
            reader.Read();
            bool isArray = reader.TokenType == JsonTokenType.StartArray;
            while (!isArray || (reader.Read() && reader.TokenType == JsonTokenType.StartObject))
            {
                ReceivedMessage message = default;
                ReadMessage(ref reader, ref message);
                handler(in message);
                if (!isArray)
                {
                    break;
                }
            }

            return !reader.Read();
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static void ReadMessage(ref Utf8JsonReader reader, ref ReceivedMessage message)
    {
        message.Coding = DataCoding.Base64;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("op"u8))
            {
                reader.Read();
                message.Kind = ReceivedMessage.KindOf(reader.ValueSpan);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                message.Id = reader.ValueSpan;
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                message.Data = reader.ValueSpan;
            }
            else if (reader.ValueTextEquals("encoding"u8))
            {
                reader.Read();
                message.Coding = reader.ValueTextEquals("lz4+base64"u8) ? DataCoding.Lz4Base64 : DataCoding.Base64;
            }
            else if (reader.ValueTextEquals("epoch"u8))
            {
                reader.Read();
                message.Epoch = reader.ValueSpan;
            }
            else if (reader.ValueTextEquals("offset"u8))
            {
                reader.Read();
                message.Offset = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("length"u8))
            {
                reader.Read();
                message.Length = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("resumes_at"u8))
            {
                reader.Read();
                message.ResumesAt = reader.ValueSpan;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }
}
