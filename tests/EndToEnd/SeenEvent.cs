using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Tests.EndToEnd;

/// <summary>An event as a client got it.</summary>
/// <param name="Position">Its id.</param>
/// <param name="Envelope">What filters look at; its payload is left out.</param>
/// <param name="Payload">The payload.</param>
internal sealed record SeenEvent(EventPosition Position, EventEnvelope Envelope, JsonElement Payload)
{
    private static readonly byte[] Nil = [0xc0];

    /// <summary>Reads an `event` message.</summary>
    public static SeenEvent Read(JsonElement message)
    {
        string? Name(string key) => message.TryGetProperty(key, out JsonElement value) ? value.GetString() : null;

        Assert.True(EventPosition.TryParse(Name("id"), out EventPosition position), $"No id: {message}");
        Assert.True(ChannelNames.TryParse(Name("channel"), out Channel channel), $"No channel: {message}");
        return new SeenEvent(
            position,
            new EventEnvelope
            {
                Channel = channel,
                Type = Name("type")!,
                Agent = Name("agent"),
                Task = Name("task"),
                Project = Name("project"),
                StateKey = Name("state_key"),
                Payload = Nil,
            },
            message.GetProperty("payload").Clone());
    }
}
