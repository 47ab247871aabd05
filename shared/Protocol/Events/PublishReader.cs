using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Events;

/// <summary>
/// Reads the body of a request to publish: one event or an array of them. All errors are collected, by place.
/// </summary>
/// <remarks>
/// Unknown fields are skipped. A field of an event that is given twice is refused. What is inside a payload is the
/// producer's own: it is passed on as it is, duplicate keys included.
/// </remarks>
public static class PublishReader
{
    // Far deeper than any payload may be, so that a payload that is too deep is told by its place, and the body is read
    // on.
    private const int BodyDepthMax = 1024;

    /// <summary>Reads a body of JSON. Its size must have been limited before.</summary>
    public static PublishRequest Read(ReadOnlySpan<byte> utf8, PublishLimits limits)
    {
        if (!Utf8.IsValid(utf8))
        {
            return Refuse("the body is not UTF-8");
        }

        var reader = new JsonTokenReader(utf8, BodyDepthMax);
        try
        {
            return ReadBody(ref reader, limits);
        }
        catch (JsonException e)
        {
            string where = Text($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            return Refuse(Text($"not JSON, or nested deeper than {BodyDepthMax}: {where}"));
        }
    }

    /// <summary>
    /// Reads a body of MessagePack, by the same rules. A payload is kept as it is; one that JSON could not say is
    /// refused: with extensions, keys that are no texts, numbers that are not finite. Binary is taken.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    public static PublishRequest ReadMessagePack(ReadOnlySpan<byte> messagePack, PublishLimits limits)
    {
        MessagePackFault fault = MessagePackCheck.Find(messagePack, BodyDepthMax, out int at);
        if (fault != MessagePackFault.None)
        {
            return Refuse(fault switch
            {
                MessagePackFault.TooDeep => Text($"nested deeper than {BodyDepthMax}: byte {at + 1}"),
                MessagePackFault.NotUtf8 => Text($"a text is not UTF-8: byte {at + 1}"),
                MessagePackFault.NotAlone => Text($"more than one value: byte {at + 1}; send an array"),
                _ => Text($"not MessagePack, or cut off: byte {at + 1}"),
            });
        }

        var reader = new MessagePackTokenReader(messagePack);
        return ReadBody(ref reader, limits);
    }

    private static PublishRequest ReadBody<TReader>(ref TReader reader, PublishLimits limits)
        where TReader : struct, ITokenReader, allows ref struct
    {
        var errors = new PublishErrors();
        var events = new PublishEventReader(limits, errors);
        var read = new List<PublishDraft>();
        reader.Read();
        bool isArray = reader.Kind == TokenKind.StartList;
        if (!isArray)
        {
            read.Add(events.Read(ref reader));
        }

        if (!isArray || TryReadArray(ref reader, events, read, limits, errors))
        {
            // Text behind the value is no JSON: throws.
            reader.Read();
        }

        return errors.Count > 0
            ? new PublishRequest { Errors = errors.List, IsArray = isArray }
            : new PublishRequest { Events = read.ConvertAll(draft => draft.Build()), IsArray = isArray };
    }

    // False if it was not read to its end.
    private static bool TryReadArray<TReader>(
        ref TReader reader, PublishEventReader events, List<PublishDraft> read, PublishLimits limits,
        PublishErrors errors)
        where TReader : struct, ITokenReader, allows ref struct
    {
        while (reader.Read() && reader.Kind != TokenKind.EndList)
        {
            if (read.Count == limits.EventsMax)
            {
                errors.Replace(ErrorCodes.TooMany, Text($"more than {limits.EventsMax} events in one request"));
                return false;
            }

            errors.Event = read.Count;
            read.Add(events.Read(ref reader));
            if (errors.IsFull)
            {
                return false;
            }
        }

        errors.Event = null;
        if (read.Count == 0)
        {
            errors.Add(null, "an empty array publishes nothing; send at least one event");
        }

        return true;
    }

    private static PublishRequest Refuse(string detail)
    {
        var errors = new PublishErrors();
        errors.Replace(ErrorCodes.BadRequest, detail);
        return new PublishRequest { Errors = errors.List };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
