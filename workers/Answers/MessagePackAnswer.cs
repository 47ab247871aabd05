using System.IO.Pipelines;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;

namespace Realtime.Workers.Answers;

/// <summary>An answer of one MessagePack map, in pieces if it is large.</summary>
internal sealed class MessagePackAnswer(HttpContext context) : IAnswer
{
    private readonly PipeWriter _output = context.Response.BodyWriter;

    public void WriteName(string name) => MessagePackWriter.WriteString(_output, name);

    public void StartMap(int pairs) => MessagePackWriter.WriteMapHeader(_output, pairs);

    public void EndMap()
    {
        // Maps and lists end by their counts.
    }

    public void StartList(int count) => MessagePackWriter.WriteArrayHeader(_output, count);

    public void EndList()
    {
    }

    public void WriteText(string text) => MessagePackWriter.WriteString(_output, text);

    public void WriteNumber(long number) => MessagePackWriter.WriteInteger(_output, number);

    public void WriteBoolean(bool value) => MessagePackWriter.WriteBoolean(_output, value);

    public void WriteEvent(EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot) =>
        EventMessagePack.Write(_output, envelope, position, sentMs, snapshot);

    public async ValueTask FlushIfFullAsync()
    {
        if (_output.UnflushedBytes > JsonAnswer.FlushBytes)
        {
            await CompleteAsync();
        }
    }

    public async Task CompleteAsync() => await _output.FlushAsync(context.RequestAborted);

    public void Dispose()
    {
    }
}
