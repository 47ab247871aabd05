using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Json;

namespace Realtime.Protocol.MessagePack;

/// <summary>
/// Turns one JSON value into one MessagePack value. Whole numbers that fit into 64 bits, signed or not, keep every
/// digit; all other numbers become a double. Keys stay in their order, and a key that is there twice stays twice.
/// </summary>
public static class JsonToMessagePack
{
    /// <summary>
    /// Converts the value that the reader stands at (its first token); afterwards the reader stands at its last token,
    /// also if the value was refused. What was written then is to be thrown away; it is never more than the limit.
    /// </summary>
    /// <param name="reader">Reads one whole text, checked to be UTF-8.</param>
    /// <param name="output">Where to.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="values">How many values it holds, as <see cref="MessagePackLimits.Values"/> counts.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static JsonConversion Convert(
        ref Utf8JsonReader reader, IBufferWriter<byte> output, MessagePackLimits limits, out int values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.Depth, MessagePackLimits.DepthMax);
        Utf8JsonReader start = reader;
        int[] counts = ArrayPool<int>.Shared.Rent(32);
        try
        {
            JsonConversion result = Measure(reader, limits, ref counts, out values);
            if (result == JsonConversion.Done)
            {
                result = Write(ref reader, output, limits, counts);
            }

            if (result != JsonConversion.Done)
            {
                reader = start;
                reader.Skip();
            }

            return result;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(counts);
        }
    }

    // MessagePack says how many values an array holds before it holds them. So a first pass counts, container by
    // container in the order in which they begin, and the second writes: linear, whatever the nesting.
    private static JsonConversion Measure(
        Utf8JsonReader reader, MessagePackLimits limits, ref int[] counts, out int values)
    {
        Span<int> open = stackalloc int[MessagePackLimits.DepthMax];
        int depth = 0;
        int containers = 0;
        values = 0;
        do
        {
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                depth--;
                continue;
            }

            if (++values > limits.Values)
            {
                return JsonConversion.TooManyValues;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                continue;
            }

            if (depth > 0)
            {
                counts[open[depth - 1]]++;
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                if (depth == limits.Depth)
                {
                    return JsonConversion.TooDeep;
                }

                if (containers == counts.Length)
                {
                    Grow(ref counts);
                }

                counts[containers] = 0;
                open[depth++] = containers++;
            }
        }
        while (depth > 0 && reader.Read());

        return JsonConversion.Done;
    }

    private static void Grow(ref int[] counts)
    {
        int[] larger = ArrayPool<int>.Shared.Rent(counts.Length * 2);
        counts.CopyTo(larger, 0);
        ArrayPool<int>.Shared.Return(counts);
        counts = larger;
    }

    private static JsonConversion Write(
        ref Utf8JsonReader reader, IBufferWriter<byte> output, MessagePackLimits limits, int[] counts)
    {
        int depth = 0;
        int containers = 0;
        int bytesLeft = limits.Bytes;
        do
        {
            JsonConversion result = JsonConversion.Done;
            switch (reader.TokenType)
            {
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    depth--;
                    break;
                case JsonTokenType.StartArray:
                    depth++;
                    bytesLeft -= MessagePackWriter.WriteArrayHeader(output, counts[containers++]);
                    break;
                case JsonTokenType.StartObject:
                    depth++;
                    bytesLeft -= MessagePackWriter.WriteMapHeader(output, counts[containers++]);
                    break;
                case JsonTokenType.PropertyName or JsonTokenType.String:
                    result = WriteText(ref reader, output, ref bytesLeft);
                    break;
                case JsonTokenType.Number:
                    result = WriteNumber(ref reader, output, ref bytesLeft);
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    bytesLeft -= MessagePackWriter.WriteBoolean(output, reader.TokenType == JsonTokenType.True);
                    break;
                default:
                    bytesLeft -= MessagePackWriter.WriteNil(output);
                    break;
            }

            if (result != JsonConversion.Done || bytesLeft < 0)
            {
                return result != JsonConversion.Done ? result : JsonConversion.TooLarge;
            }
        }
        while (depth > 0 && reader.Read());

        return JsonConversion.Done;
    }

    private static JsonConversion WriteText(ref Utf8JsonReader reader, IBufferWriter<byte> output, ref int bytesLeft)
    {
        if (!JsonText.IsWellFormed(in reader))
        {
            return JsonConversion.BadText;
        }

        if (!reader.ValueIsEscaped)
        {
            if (reader.ValueSpan.Length > bytesLeft)
            {
                return JsonConversion.TooLarge;
            }

            bytesLeft -= MessagePackWriter.WriteString(output, reader.ValueSpan);
            return JsonConversion.Done;
        }

        byte[] unescaped = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            int length = reader.CopyString(unescaped);
            if (length > bytesLeft)
            {
                return JsonConversion.TooLarge;
            }

            bytesLeft -= MessagePackWriter.WriteString(output, unescaped.AsSpan(0, length));
            return JsonConversion.Done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }

    private static JsonConversion WriteNumber(ref Utf8JsonReader reader, IBufferWriter<byte> output, ref int bytesLeft)
    {
        if (reader.TryGetInt64(out long signed))
        {
            bytesLeft -= MessagePackWriter.WriteInteger(output, signed);
        }
        else if (reader.TryGetUInt64(out ulong unsigned))
        {
            bytesLeft -= MessagePackWriter.WriteInteger(output, unsigned);
        }
        else if (reader.TryGetDouble(out double value) && double.IsFinite(value))
        {
            bytesLeft -= MessagePackWriter.WriteDouble(output, value);
        }
        else
        {
            return JsonConversion.NumberOutOfRange;
        }

        return JsonConversion.Done;
    }
}
