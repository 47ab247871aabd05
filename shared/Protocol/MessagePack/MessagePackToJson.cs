using System.Globalization;
using System.Text.Json;

namespace Realtime.Protocol.MessagePack;

/// <summary>
/// Turns one MessagePack value into one JSON value. What JSON does not know: bytes become a base64 text, extensions and
/// numbers that are not finite become null, keys that are no text become the text of what they are, broken UTF-8
/// becomes U+FFFD.
/// </summary>
public static class MessagePackToJson
{
    /// <summary>
    /// Writes the value; false, with nothing written, if the bytes are not just one value within the limits.
    /// </summary>
    public static bool TryWrite(ReadOnlySpan<byte> messagePack, Utf8JsonWriter writer, MessagePackLimits limits)
    {
        var check = new MessagePackReader(messagePack);
        if (!check.TrySkip(limits) || !check.IsAtEnd)
        {
            return false;
        }

        // Whole by the check above, and no deeper than MessagePackLimits.DepthMax, so recursion is bounded.
        var reader = new MessagePackReader(messagePack);
        WriteValue(ref reader, writer);
        return true;
    }

    private static void WriteValue(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        reader.TryPeekType(out MessagePackType type);
        switch (type)
        {
            case MessagePackType.Boolean:
                reader.TryReadBoolean(out bool boolean);
                writer.WriteBooleanValue(boolean);
                break;
            case MessagePackType.Integer:
                WriteInteger(ref reader, writer);
                break;
            case MessagePackType.Float:
                WriteFloat(ref reader, writer);
                break;
            case MessagePackType.String:
                reader.TryReadString(out ReadOnlySpan<byte> utf8);
                writer.WriteStringValue(utf8);
                break;
            case MessagePackType.Binary:
                reader.TryReadBinary(out ReadOnlySpan<byte> data);
                writer.WriteBase64StringValue(data);
                break;
            case MessagePackType.Array:
                reader.TryReadArrayHeader(out int count);
                writer.WriteStartArray();
                for (int i = 0; i < count; i++)
                {
                    WriteValue(ref reader, writer);
                }

                writer.WriteEndArray();
                break;
            case MessagePackType.Map:
                reader.TryReadMapHeader(out int pairs);
                writer.WriteStartObject();
                for (int i = 0; i < pairs; i++)
                {
                    WriteKey(ref reader, writer);
                    WriteValue(ref reader, writer);
                }

                writer.WriteEndObject();
                break;
            default:
                reader.TrySkip(MessagePackLimits.Stored);
                writer.WriteNullValue();
                break;
        }
    }

    private static void WriteInteger(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        if (reader.TryReadInt64(out long signed))
        {
            writer.WriteNumberValue(signed);
        }
        else
        {
            reader.TryReadUInt64(out ulong unsigned);
            writer.WriteNumberValue(unsigned);
        }
    }

    private static void WriteFloat(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        if (reader.TryReadSingle(out float single))
        {
            // A float of 32 bits has a shorter text than the same number as a double: 0.1, not 0.10000000149011612.
            if (float.IsFinite(single))
            {
                writer.WriteNumberValue(single);
                return;
            }
        }
        else if (reader.TryReadDouble(out double number) && double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
            return;
        }

        writer.WriteNullValue();
    }

    private static void WriteKey(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        if (reader.TryReadString(out ReadOnlySpan<byte> utf8))
        {
            writer.WritePropertyName(utf8);
            return;
        }

        writer.WritePropertyName(DescribeKey(ref reader));
    }

    private static string DescribeKey(ref MessagePackReader reader)
    {
        if (reader.TryReadInt64(out long signed))
        {
            return signed.ToString(CultureInfo.InvariantCulture);
        }

        if (reader.TryReadUInt64(out ulong unsigned))
        {
            return unsigned.ToString(CultureInfo.InvariantCulture);
        }

        if (reader.TryReadBoolean(out bool boolean))
        {
            return boolean ? "true" : "false";
        }

        if (reader.TryReadDouble(out double number))
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        if (reader.TryReadBinary(out ReadOnlySpan<byte> data))
        {
            return Convert.ToBase64String(data);
        }

        reader.TryPeekType(out MessagePackType type);
        reader.TrySkip(MessagePackLimits.Stored);
        return type switch
        {
            MessagePackType.Nil => "null",
            MessagePackType.Array => "array",
            MessagePackType.Map => "map",
            _ => "extension",
        };
    }
}
