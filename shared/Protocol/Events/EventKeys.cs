using System.Text.Json;

namespace Realtime.Protocol.Events;

/// <summary>
/// Keys and fixed values of the <c>event</c> message, encoded once for both formats: none of them holds what JSON would
/// escape.
/// </summary>
internal static class EventKeys
{
    public static readonly JsonEncodedText Op = JsonEncodedText.Encode("op");
    public static readonly JsonEncodedText Event = JsonEncodedText.Encode("event");
    public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    public static readonly JsonEncodedText Channel = JsonEncodedText.Encode("channel");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Agent = JsonEncodedText.Encode("agent");
    public static readonly JsonEncodedText Task = JsonEncodedText.Encode("task");
    public static readonly JsonEncodedText Project = JsonEncodedText.Encode("project");
    public static readonly JsonEncodedText StateKey = JsonEncodedText.Encode("state_key");
    public static readonly JsonEncodedText Ts = JsonEncodedText.Encode("ts");
    public static readonly JsonEncodedText Sent = JsonEncodedText.Encode("sent");
    public static readonly JsonEncodedText Snapshot = JsonEncodedText.Encode("snapshot");
    public static readonly JsonEncodedText Payload = JsonEncodedText.Encode("payload");

    public static readonly JsonEncodedText[] Channels =
    [
        .. Enumerable.Range(1, (int)Events.Channel.Workflows)
            .Select(number => JsonEncodedText.Encode(ChannelNames.NameOf((Events.Channel)number))),
    ];
}
