using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Realtime.Protocol.Messages;

namespace Realtime.Protocol.Events;

/// <summary>
/// Reads the body of a request to publish: one event or an array of them, as JSON. All errors are collected, by place.
/// </summary>
/// <remarks>
/// Unknown fields are skipped. A field of an event that is given twice is refused. What is inside a payload is the
/// producer's own: it is passed on as it is, duplicate keys included.
/// </remarks>
public static class PublishReader
{
    // Far deeper than any payload may be, so that a payload that is too deep is told by its place, and the body is read
    // on.
    private const int JsonDepthMax = 1024;

    /// <summary>Reads a body. Its size must have been limited before.</summary>
    public static PublishRequest Read(ReadOnlySpan<byte> utf8, PublishLimits limits)
    {
        var errors = new PublishErrors();
        if (!Utf8.IsValid(utf8))
        {
            errors.Replace(ErrorCodes.BadRequest, "the body is not UTF-8");
            return new PublishRequest { Errors = errors.List };
        }

        var events = new PublishEventReader(limits, errors);
        var read = new List<PublishDraft>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonDepthMax });
        try
        {
            ReadBody(ref reader, events, read, limits, errors);
        }
        catch (JsonException e)
        {
            string where = Text($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            errors.Replace(ErrorCodes.BadRequest, Text($"not JSON, or nested deeper than {JsonDepthMax}: {where}"));
        }

        return errors.Count > 0
            ? new PublishRequest { Errors = errors.List }
            : new PublishRequest { Events = read.ConvertAll(draft => draft.Build()) };
    }

    private static void ReadBody(
        ref Utf8JsonReader reader, PublishEventReader events, List<PublishDraft> read, PublishLimits limits,
        PublishErrors errors)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (read.Count == limits.EventsMax)
                {
                    errors.Replace(ErrorCodes.TooMany, Text($"more than {limits.EventsMax} events in one request"));
                    return;
                }

                errors.Event = read.Count;
                read.Add(events.Read(ref reader));
                if (errors.IsFull)
                {
                    return;
                }
            }

            errors.Event = null;
            if (read.Count == 0)
            {
                errors.Add(null, "an empty array publishes nothing; send at least one event");
            }
        }
        else
        {
            read.Add(events.Read(ref reader));
        }

        // Text behind the value is no JSON: throws.
        reader.Read();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
