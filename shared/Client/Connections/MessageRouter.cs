using System.Text.Json;
using Realtime.Client.Subscriptions;
using Realtime.Client.Wire;

namespace Realtime.Client.Connections;

/// <summary>
/// Takes messages apart and gives each to those it concerns: live events to every subscription that they match, the
/// rest to
/// the one that is named. Owned by the receive loop. What is about the connection itself goes to <paramref
/// name="own"/>.
/// </summary>
internal sealed class MessageRouter(FeedRegistry feeds, Action<ServerMessage> own)
{
    private readonly ServerMessage _message = new();

    /// <summary>Takes one message, or an array of them.</summary>
    /// <exception cref="RealtimeException">It is against the protocol.</exception>
    public void Take(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, ServerMessageReader.Options);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                TakeArray(ref reader);
            }
            else
            {
                TakeOne(ref reader, replay: null, isReplay: false);
            }

            // What stands behind the value is looked at too.
            reader.Read();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new RealtimeException(
                ClientErrorCodes.Protocol, $"The server sent what is no message: {failure.Message}", retry: true,
                failure);
        }
    }

    private static RealtimeException Violation(string detail) => new(ClientErrorCodes.Protocol, detail, retry: true);

    private void TakeArray(ref Utf8JsonReader reader)
    {
        IFeed? replay = null;
        bool isReplay = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (TakeOne(ref reader, replay, isReplay))
            {
                (replay, isReplay) = (Find(), true);
            }
        }
    }

    // True: it heads the older events behind it.
    private bool TakeOne(ref Utf8JsonReader reader, IFeed? replay, bool isReplay)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Violation("The server sent what is no object.");
        }

        ServerMessageReader.ReadObject(ref reader, _message);
        switch (_message.Op)
        {
            case "replay":
                return true;
            case "event":
                TakeEvent(replay, isReplay);
                break;
            case "welcome" or "drain" or "ping" or "pong":
                own(_message);
                break;
            case "error" when _message.Id is null || _message.Request is null:
                own(_message);
                break;
            default:
                Find()?.OnMessage(_message);
                break;
        }

        return false;
    }

    private void TakeEvent(IFeed? replay, bool isReplay)
    {
        AgentEvent? arrived = _message.TakeEvent(out bool isValid);
        if (!isValid)
        {
            throw Violation("An `event` without id, channel, type or payload.");
        }

        if (arrived is null)
        {
            return;
        }

        if (isReplay)
        {
            replay?.OnReplayed(arrived, _message.Snapshot ? EventOrigin.Snapshot : EventOrigin.Replay, _message.Bytes);
            return;
        }

        foreach (EventFeed feed in feeds.Events)
        {
            feed.OnLive(arrived, _message.Bytes);
        }
    }

    private IFeed? Find() => _message.Id is { } id ? feeds.Find(id) : null;
}
