using System.Text.Json;

namespace Realtime.Client.Wire;

/// <summary>The fields' names on the wire; those of events first, as they are asked for most.</summary>
internal static class ServerFields
{
    private static readonly (byte[] Name, ServerField Field)[] Names =
    [
        .. Enum.GetValues<ServerField>()
            .Where(field => field != ServerField.None)
            .Select(field => (JsonEncodedText.Encode(SnakeCase(field)).EncodedUtf8Bytes.ToArray(), field)),
    ];

    /// <summary>The field whose name the reader stands at; none if it is unknown.</summary>
    public static ServerField Find(ref readonly Utf8JsonReader reader)
    {
        foreach ((byte[] name, ServerField field) in Names)
        {
            if (reader.ValueTextEquals(name))
            {
                return field;
            }
        }

        return ServerField.None;
    }

    /// <summary>The field of this name; none if it is unknown.</summary>
    public static ServerField Find(ReadOnlySpan<byte> utf8)
    {
        foreach ((byte[] name, ServerField field) in Names)
        {
            if (utf8.SequenceEqual(name))
            {
                return field;
            }
        }

        return ServerField.None;
    }

    private static string SnakeCase(ServerField field) => JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString());
}
