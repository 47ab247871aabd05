using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Workers.Answers;

/// <summary>Writes cursors into the JSON of an answer.</summary>
internal static class PositionsWriter
{
    /// <summary>A key and a list of positions.</summary>
    public static void Write(Utf8JsonWriter json, string key, IReadOnlyList<EventPosition> positions)
    {
        json.WriteStartArray(key);
        foreach (EventPosition position in positions)
        {
            json.WriteStringValue(position.ToString());
        }

        json.WriteEndArray();
    }
}
