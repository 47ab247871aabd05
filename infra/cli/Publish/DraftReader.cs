using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Realtime.Client;
using Realtime.Protocol.Events;

namespace Realtime.Cli.Publish;

/// <summary>
/// Reads events from JSON: objects, one after the other, or arrays of them. What has come is given at once, so that a
/// program that writes a line now and then is heard now and then.
/// </summary>
internal static class DraftReader
{
    /// <summary>Most bytes of one object or array.</summary>
    public const int ValueBytesMax = 64 * 1024 * 1024;

    private const int BatchMax = 1000;

    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true };

    /// <summary>Reads batches until the end.</summary>
    /// <exception cref="CliException">It is no JSON, or no event.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<EventDraft>> ReadBatchesAsync(
        Stream input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        PipeReader reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        long number = 0;
        var place = default(InputPlace);
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            var batch = new List<EventDraft>();
            (SequencePosition consumed, CliException? wrong) = Read(
                read.Buffer, read.IsCompleted, batch, ref number, ref place);
            if (wrong is null && read.Buffer.Slice(consumed).Length > ValueBytesMax)
            {
                wrong = Wrong(number + 1, place.Line, $"it has more than {ValueBytesMax} bytes");
            }

            reader.AdvanceTo(consumed, batch.Count >= BatchMax ? consumed : read.Buffer.End);
            if (batch.Count > 0)
            {
                yield return batch;
            }

            // Not before those that came before it.
            if (wrong is not null)
            {
                throw wrong;
            }

            // What is left then is blank: anything else would have been an error.
            if (read.IsCompleted && batch.Count == 0)
            {
                break;
            }
        }
    }

    // Takes whole values only; a value that has not all come stays for the next time.
    private static (SequencePosition Consumed, CliException? Wrong) Read(
        ReadOnlySequence<byte> buffer, bool isFinal, List<EventDraft> batch, ref long number, ref InputPlace place)
    {
        var json = new Utf8JsonReader(buffer, isFinal, new JsonReaderState(Options));
        InputPlace begin = place;
        long consumed = 0;
        try
        {
            while (batch.Count < BatchMax && json.Read())
            {
                long start = json.TokenStartIndex;
                if (!JsonDocument.TryParseValue(ref json, out JsonDocument? document))
                {
                    break;
                }

                place = place.After(buffer.Slice(consumed, start - consumed));
                foreach (JsonElement one in document.RootElement.ValueKind == JsonValueKind.Array
                    ? document.RootElement.EnumerateArray().ToArray()
                    : [document.RootElement])
                {
                    number++;
                    batch.Add(ReadDraft(one, number, place.Line));
                }

                place = place.After(buffer.Slice(start, json.BytesConsumed - start));
                consumed = json.BytesConsumed;
            }
        }
        catch (JsonException failure)
        {
            (long line, long at) = begin.At(failure.LineNumber ?? 0, failure.BytePositionInLine ?? 0);
            string what = failure.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
            return (buffer.GetPosition(consumed), Wrong(
                number + 1, line, string.Create(CultureInfo.InvariantCulture, $"byte {at}: {what}"), separator: ", "));
        }
        catch (CliException wrong)
        {
            return (buffer.GetPosition(consumed), wrong);
        }

        return (buffer.GetPosition(consumed), null);
    }

    private static EventDraft ReadDraft(JsonElement one, long number, long line)
    {
        if (one.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(number, line, "it is no object");
        }

        string? Text(string name) => !one.TryGetProperty(name, out JsonElement value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Wrong(number, line, $"{name} must be a text");
        string channel = Text("channel") ?? throw Wrong(number, line, "channel is missing");
        if (!ChannelNames.TryParse(channel, out Channel known))
        {
            throw Wrong(number, line, $"channel must be one of {ChannelNames.List}, but is '{channel}'");
        }

        if (!one.TryGetProperty("payload", out JsonElement payload))
        {
            throw Wrong(number, line, "payload is missing");
        }

        return new EventDraft
        {
            Channel = known,
            Type = Text("type") ?? throw Wrong(number, line, "type is missing"),
            Agent = Text("agent"),
            Task = Text("task"),
            Project = Text("project"),
            Group = Text("group"),
            StateKey = Text("state_key"),
            Key = Text("key"),
            Timestamp = ReadTime(one, number, line),
            Payload = payload,
        };
    }

    private static DateTimeOffset? ReadTime(JsonElement one, long number, long line)
    {
        if (!one.TryGetProperty("ts", out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long ms)
            && ms is >= 0 and <= 253402300799999
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : throw Wrong(number, line, "ts must be whole milliseconds since 1970");
    }

    private static CliException Wrong(long number, long line, string what, string separator = ": ") => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"Event {number} of the input, line {line}{separator}{what}. It and those after it are not published."),
        ExitCodes.Failed);
}
