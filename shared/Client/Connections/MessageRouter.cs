using System.Text.Json;
using Realtime.Client.Subscriptions;
using Realtime.Client.Wire;
using Realtime.Protocol.MessagePack;

namespace Realtime.Client.Connections;

/// <summary>
/// Takes messages apart and gives each to those it concerns: live events to every subscription that they match, the
/// rest to the one that is named. Owned by the receive loop. What is about the connection itself goes to <paramref
/// name="own"/>.
/// </summary>
internal sealed class MessageRouter(FeedRegistry feeds, Action<ServerMessage> own)
{
    private readonly ServerMessage _message = new();
    private readonly ServerMessagePackReader _messagePack = new();

    /// <summary>Takes one message, or an array of them.</summary>
    /// <exception cref="RealtimeException">It is against the protocol.</exception>
    public void Take(ReadOnlySpan<byte> frame, WireFormat format)
    {
        try
        {
            if (format == WireFormat.Json)
            {
                TakeJson(frame);
            }
            else
            {
                TakeMessagePack(frame);
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new RealtimeException(
                ClientErrorCodes.Protocol, $"The server sent what is no message: {failure.Message}", retry: true,
                failure);
        }
    }

    private static RealtimeException Violation(string detail) => new(ClientErrorCodes.Protocol, detail, retry: true);

    private void TakeJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ServerMessageReader.Options);
        reader.Read();
        var array = new ArrayPlace();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            TakeOne(ref reader, ref array);
        }
        else
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                TakeOne(ref reader, ref array);
            }
        }

        // What stands behind the value is looked at too.
        reader.Read();
    }

    private void TakeOne(ref Utf8JsonReader reader, ref ArrayPlace array)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Violation("The server sent what is no object.");
        }

        ServerMessageReader.ReadObject(ref reader, _message);
        Route(ref array);
    }

    private void TakeMessagePack(ReadOnlySpan<byte> frame)
    {
        if (!ServerMessagePackReader.IsWhole(frame))
        {
            throw Violation("The server sent what is no message: no MessagePack, or too deep.");
        }

        _messagePack.BeginFrame();
        var reader = new MessagePackReader(frame);
        var array = new ArrayPlace();
        int count = reader.TryReadArrayHeader(out int inside) ? inside : 1;
        for (; count > 0; count--)
        {
            if (!_messagePack.TryReadObject(ref reader, _message))
            {
                throw Violation("The server sent what is no map.");
            }

            Route(ref array);
        }
    }

    private void Route(ref ArrayPlace array)
    {
        switch (_message.Op)
        {
            case "replay":
                array = new ArrayPlace(Find(), IsReplay: true);
                break;
            case "event":
                TakeEvent(array.Replay, array.IsReplay);
                break;
            case "welcome" or "drain" or "ping" or "pong" or "expiring" or "authenticated":
                own(_message);
                break;
            case "error" when _message.Id is null || _message.Request is null:
                own(_message);
                break;
            default:
                Find()?.OnMessage(_message);
                break;
        }
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

    // Behind a header the events of an array are older ones, for one subscription alone (null: it is no more).
    private readonly record struct ArrayPlace(IFeed? Replay, bool IsReplay);
}
