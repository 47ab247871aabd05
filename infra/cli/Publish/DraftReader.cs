using System.Buffers;
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
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            var batch = new List<EventDraft>();
            SequencePosition consumed = Read(read.Buffer, read.IsCompleted, batch, ref number);
            if (read.Buffer.Slice(consumed).Length > ValueBytesMax)
            {
                throw Wrong(number + 1, $"it has more than {ValueBytesMax} bytes");
            }

            reader.AdvanceTo(consumed, batch.Count >= BatchMax ? consumed : read.Buffer.End);
            if (batch.Count > 0)
            {
                yield return batch;
            }

            // What is left then is blank: anything else would have been an error.
            if (read.IsCompleted && batch.Count == 0)
            {
                break;
            }
        }
    }

    // Takes whole values only; a value that has not all come stays for the next time.
    private static SequencePosition Read(
        ReadOnlySequence<byte> buffer, bool isFinal, List<EventDraft> batch, ref long number)
    {
        var json = new Utf8JsonReader(buffer, isFinal, new JsonReaderState(Options));
        long consumed = 0;
        try
        {
            while (batch.Count < BatchMax && json.Read())
            {
                if (!JsonDocument.TryParseValue(ref json, out JsonDocument? document))
                {
                    break;
                }

                consumed = json.BytesConsumed;
                foreach (JsonElement one in document.RootElement.ValueKind == JsonValueKind.Array
                    ? document.RootElement.EnumerateArray().ToArray()
                    : [document.RootElement])
                {
                    number++;
                    batch.Add(ReadDraft(one, number));
                }
            }
        }
        catch (JsonException failure)
        {
            throw Wrong(number + 1, failure.Message);
        }

        return buffer.GetPosition(consumed);
    }

    private static EventDraft ReadDraft(JsonElement one, long number)
    {
        if (one.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(number, "it is no object");
        }

        string? Text(string name) => !one.TryGetProperty(name, out JsonElement value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Wrong(number, $"{name} must be a text");
        string channel = Text("channel") ?? throw Wrong(number, "channel is missing");
        if (!ChannelNames.TryParse(channel, out Channel known))
        {
            throw Wrong(number, $"channel must be one of {ChannelNames.List}, but is '{channel}'");
        }

        if (!one.TryGetProperty("payload", out JsonElement payload))
        {
            throw Wrong(number, "payload is missing");
        }

        return new EventDraft
        {
            Channel = known,
            Type = Text("type") ?? throw Wrong(number, "type is missing"),
            Agent = Text("agent"),
            Task = Text("task"),
            Project = Text("project"),
            Group = Text("group"),
            StateKey = Text("state_key"),
            Key = Text("key"),
            Timestamp = ReadTime(one, number),
            Payload = payload,
        };
    }

    private static DateTimeOffset? ReadTime(JsonElement one, long number)
    {
        if (!one.TryGetProperty("ts", out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long ms) && ms is >= 0 and <= 253402300799999
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : throw Wrong(number, "ts must be whole milliseconds since 1970");
    }

    private static CliException Wrong(long number, string what) => new(
        $"Event {number} of the input: {what}. It and those after it are not published.", ExitCodes.Failed);
}
