using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Realtime.Workers.Answers;

/// <summary>Answers with one JSON object, in pieces if it is large.</summary>
internal sealed class JsonAnswer : IDisposable
{
    // How much is encoded before the client must take some.
    private const int FlushBytes = 64 * 1024;

    // Escapes only what JSON itself requires: answers are parsed, not embedded into HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PipeWriter _output;
    private readonly CancellationToken _requestAborted;

    private JsonAnswer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        _output = context.Response.BodyWriter;
        _requestAborted = context.RequestAborted;
        Writer = new Utf8JsonWriter(_output, Options);
    }

    /// <summary>Writes the object's members.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>Begins the answer and its object.</summary>
    public static JsonAnswer Begin(HttpContext context, int status)
    {
        var answer = new JsonAnswer(context, status);
        answer.Writer.WriteStartObject();
        return answer;
    }

    /// <summary>Answers with an object whose members <paramref name="writeMembers"/> writes.</summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> writeMembers)
    {
        using JsonAnswer answer = Begin(context, status);
        writeMembers(answer.Writer);
        await answer.CompleteAsync();
    }

    /// <summary>Sends what was written so far, if it is much.</summary>
    public async ValueTask FlushIfFullAsync()
    {
        if (Writer.BytesPending + _output.UnflushedBytes > FlushBytes)
        {
            await FlushAsync();
        }
    }

    /// <summary>Ends the object and sends it.</summary>
    public async Task CompleteAsync()
    {
        Writer.WriteEndObject();
        await FlushAsync();
    }

    public void Dispose() => Writer.Dispose();

    private async ValueTask FlushAsync()
    {
        Writer.Flush();
        await _output.FlushAsync(_requestAborted);
    }
}
