using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Answers;

/// <summary>Answers with one MessagePack map, for those who asked in it.</summary>
internal static class MessagePackAnswer
{
    public const string ContentType = "application/msgpack";

    /// <summary>
    /// Answers with a map whose members <paramref name="writeMembers"/> writes as JSON: they are described once for both.
    /// </summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> writeMembers)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        await using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        ServerMessagePack.Write(context.Response.BodyWriter, json.WrittenSpan);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
