using System.Text.Json;

namespace Realtime.Protocol.Json;

/// <summary>Writes positions without making texts of them first.</summary>
internal static class JsonPositions
{
    /// <summary>A key and a position.</summary>
    public static void WritePosition(this Utf8JsonWriter writer, JsonEncodedText key, EventPosition position)
    {
        Span<byte> utf8 = stackalloc byte[EventPosition.TextLengthMax];
        position.TryFormat(utf8, out int length);
        writer.WriteString(key, utf8[..length]);
    }

    /// <summary>A key and a list of positions.</summary>
    public static void WritePositions(
        this Utf8JsonWriter writer, JsonEncodedText key, IReadOnlyList<EventPosition> positions)
    {
        Span<byte> utf8 = stackalloc byte[EventPosition.TextLengthMax];
        writer.WriteStartArray(key);
        for (int i = 0; i < positions.Count; i++)
        {
            positions[i].TryFormat(utf8, out int length);
            writer.WriteStringValue(utf8[..length]);
        }

        writer.WriteEndArray();
    }
}
