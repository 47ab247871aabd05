using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Realtime.Cli.Terminals;
using Realtime.Client;
using Realtime.Protocol.Events;

namespace Realtime.Cli.Tail;

/// <summary>One JSON object a line, with the protocol's field names.</summary>
internal sealed class JsonEventWriter : IEventWriter
{
    // It goes to programs and terminals, not into a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly Utf8JsonWriter _json;

    public JsonEventWriter() => _json = new Utf8JsonWriter(_line, Options);

    /// <inheritdoc/>
    public void Write(AgentEvent happened)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("id", happened.Id.ToString());
        _json.WriteString("channel", ChannelNames.NameOf(happened.Channel));
        _json.WriteString("type", happened.Type);
        WriteIfAny("agent", happened.Agent);
        WriteIfAny("task", happened.Task);
        WriteIfAny("project", happened.Project);
        WriteIfAny("state_key", happened.StateKey);
        _json.WriteNumber("ts", happened.TimestampMs);
        _json.WritePropertyName("payload");
        happened.Payload.WriteTo(_json);
        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        Descriptor.Write(Descriptor.StandardOutput, _line.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteIfAny(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }
}
