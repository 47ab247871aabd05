using System.Text.Json;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Internal;

/// <summary>Answers to edges: JSON objects, and problem documents.</summary>
internal static class InternalAnswer
{
    /// <summary>Answers with one object.</summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> writeMembers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypes.Json;
        context.Response.Headers.CacheControl = "no-store";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, JsonAnswer.Options))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Whether the query is right; else it is answered.</summary>
    public static async Task<bool> CheckAsync(HttpContext context, QueryReader query)
    {
        if (query.Errors.Count == 0)
        {
            return true;
        }

        await Problem.WriteAsync(
            context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, "The request has errors.", query.Errors);
        return false;
    }
}
