using System.Buffers;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Workers.Answers;

/// <summary>Writes <c>event</c> messages into the JSON of an answer, all as sent at one time.</summary>
internal sealed class EventWriter(long sentMs)
{
    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>Writes one as a value.</summary>
    public void Write(Utf8JsonWriter json, EventEnvelope envelope, EventPosition position, bool snapshot)
    {
        _message.ResetWrittenCount();
        EventJson.Write(_message, envelope, position, sentMs, snapshot);
        json.WriteRawValue(_message.WrittenSpan, skipInputValidation: true);
    }
}
