using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Workers.Answers;

/// <summary>An answer of one JSON object, in pieces if it is large.</summary>
internal sealed class JsonAnswer(HttpContext context) : IAnswer
{
    /// <summary>How much is encoded before the client must take some.</summary>
    public const int FlushBytes = 64 * 1024;

    /// <summary>
    /// Escapes only what JSON itself requires: answers are parsed, not embedded into HTML.
    /// </summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PipeWriter _output = context.Response.BodyWriter;
    private readonly Utf8JsonWriter _writer = new(context.Response.BodyWriter, Options);
    private readonly ArrayBufferWriter<byte> _event = new();

    public void WriteName(string name) => _writer.WritePropertyName(name);

    public void StartMap(int pairs) => _writer.WriteStartObject();

    public void EndMap() => _writer.WriteEndObject();

    public void StartList(int count) => _writer.WriteStartArray();

    public void EndList() => _writer.WriteEndArray();

    public void WriteText(string text) => _writer.WriteStringValue(text);

    public void WriteNumber(long number) => _writer.WriteNumberValue(number);

    public void WriteBoolean(bool value) => _writer.WriteBooleanValue(value);

    public void WriteEvent(EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot)
    {
        _event.ResetWrittenCount();
        EventJson.Write(_event, envelope, position, sentMs, snapshot);
        _writer.WriteRawValue(_event.WrittenSpan, skipInputValidation: true);
    }

    public async ValueTask FlushIfFullAsync()
    {
        if (_writer.BytesPending + _output.UnflushedBytes > FlushBytes)
        {
            await FlushAsync();
        }
    }

    public async Task CompleteAsync()
    {
        EndMap();
        await FlushAsync();
    }

    public void Dispose() => _writer.Dispose();

    private async ValueTask FlushAsync()
    {
        _writer.Flush();
        await _output.FlushAsync(context.RequestAborted);
    }
}
