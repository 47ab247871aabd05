using System.Text.Json;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>The fields' names on the wire.</summary>
internal static class ClientFields
{
    private static readonly (JsonEncodedText Name, ClientField Field)[] Names =
    [
        (JsonEncodedText.Encode("op"), ClientField.Op),
        (JsonEncodedText.Encode("id"), ClientField.Id),
        (JsonEncodedText.Encode("channels"), ClientField.Channels),
        (JsonEncodedText.Encode("agents"), ClientField.Agents),
        (JsonEncodedText.Encode("tasks"), ClientField.Tasks),
        (JsonEncodedText.Encode("projects"), ClientField.Projects),
        (JsonEncodedText.Encode("types"), ClientField.Types),
        (JsonEncodedText.Encode("after"), ClientField.After),
        (JsonEncodedText.Encode("snapshot"), ClientField.Snapshot),
        (JsonEncodedText.Encode("conflate"), ClientField.Conflate),
        (JsonEncodedText.Encode("terminal"), ClientField.Terminal),
        (JsonEncodedText.Encode("from"), ClientField.From),
        (JsonEncodedText.Encode("offset"), ClientField.Offset),
        (JsonEncodedText.Encode("epoch"), ClientField.Epoch),
        (JsonEncodedText.Encode("token"), ClientField.Token),
        (JsonEncodedText.Encode("nonce"), ClientField.Nonce),
        (JsonEncodedText.Encode("features"), ClientField.Features),
        (JsonEncodedText.Encode("heartbeat_ms"), ClientField.HeartbeatMs),
    ];

    /// <summary>The field whose name the reader stands at; none if it is unknown.</summary>
    public static (string Name, ClientField Field) Find<TReader>(ref TReader reader)
        where TReader : struct, ITokenReader, allows ref struct
    {
        foreach ((JsonEncodedText name, ClientField field) in Names)
        {
            if (reader.IsName(name.EncodedUtf8Bytes))
            {
                return (name.Value, field);
            }
        }

        return (string.Empty, ClientField.None);
    }

    /// <summary>The names of all <paramref name="fields"/>, separated by commas.</summary>
    public static string NamesOf(ClientField fields) =>
        string.Join(", ", Names.Where(known => (known.Field & fields) != 0).Select(known => known.Name.Value));
}
