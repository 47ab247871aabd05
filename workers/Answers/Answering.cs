using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Answers;

/// <summary>
/// Answers in the form that is asked for. Only what was done or found is: problems are always JSON, as those of edges
/// and proxies on the way are.
/// </summary>
internal static class Answering
{
    private const int SmallBytes = 1024;

    /// <summary>Begins an answer of one map of so many pairs, which may be large.</summary>
    public static IAnswer Begin(HttpContext context, int pairs)
    {
        bool isMessagePack = Start(context, StatusCodes.Status200OK) == AnswerForm.MessagePack;
        IAnswer answer = isMessagePack ? new MessagePackAnswer(context) : new JsonAnswer(context);
        answer.StartMap(pairs);
        return answer;
    }

    /// <summary>
    /// Answers with a small map whose members are described once for both forms, as JSON: no bytes, no floats.
    /// </summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> writeMembers)
    {
        var json = new ArrayBufferWriter<byte>(SmallBytes);
        await using (var writer = new Utf8JsonWriter(json, JsonAnswer.Options))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        if (Start(context, status) == AnswerForm.MessagePack)
        {
            ServerMessagePack.Write(context.Response.BodyWriter, json.WrittenSpan);
        }
        else
        {
            context.Response.BodyWriter.Write(json.WrittenSpan);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static AnswerForm Start(HttpContext context, int status)
    {
        AnswerForm form = MediaTypes.WantedForm(context.Request);
        context.Response.StatusCode = status;
        context.Response.ContentType = form == AnswerForm.MessagePack ? MediaTypes.MessagePack : MediaTypes.Json;
        context.Response.Headers.CacheControl = "no-store";
        return form;
    }
}
