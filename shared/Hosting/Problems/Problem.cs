using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Realtime.Hosting.Problems;

/// <summary>Problem documents (RFC 9457): the one way in which edge and workers refuse an HTTP request.</summary>
public static class Problem
{
    /// <summary>Media type of the documents.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>What a document's <c>type</c> begins with; the code follows.</summary>
    public const string TypePrefix = "urn:realtime:problem:";

    // Escapes only what JSON itself requires: documents are parsed, or read in a shell, never embedded into HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Answers with <c>application/problem+json</c>: <c>type</c>, <c>title</c>, <c>status</c>, <c>code</c> (of
    /// <c>ErrorCodes</c>), <c>detail</c>, <c>retry</c>, and <c>errors</c> if there are any. Sets <c>Retry-After</c>
    /// (whole seconds, rounded up) if given. If an answer is on its way already, aborts the connection: the client must
    /// not take half an answer for a whole one. <paramref name="members"/> writes further members of the document.
    /// </summary>
    public static async Task WriteAsync(
        HttpContext context, int status, string code, string detail,
        IReadOnlyList<ProblemError>? errors = null, TimeSpan? retryAfter = null,
        Action<Utf8JsonWriter>? members = null)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = null;
        response.Headers.CacheControl = "no-store";
        response.Headers.Remove(HeaderNames.ContentEncoding);
        response.Headers.Remove(HeaderNames.ETag);
        if (status == StatusCodes.Status401Unauthorized && response.Headers.WWWAuthenticate.Count == 0)
        {
            response.Headers.WWWAuthenticate = "Bearer"; // RFC 9110, 15.5.2: a 401 must say how to authenticate.
        }

        if (retryAfter is TimeSpan wait)
        {
            long seconds = Math.Max(0, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        Write(response, status, code, detail, errors ?? [], members);
        response.BodyWriter.Write("\n"u8); // so that a shell's prompt stands on a line of its own
        try
        {
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client is gone; nobody is left to tell.
        }
    }

    /// <summary>Whether a request that was refused with this code may succeed if it is sent again.</summary>
    public static bool IsRetryable(string code) => ProblemTypes.Of(code).Retry;

    private static void Write(
        HttpResponse response, int status, string code, string detail, IReadOnlyList<ProblemError> errors,
        Action<Utf8JsonWriter>? members)
    {
        ProblemType type = ProblemTypes.Of(code);
        using var json = new Utf8JsonWriter(response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("type", TypePrefix + code);
        json.WriteString("title", type.Title);
        json.WriteNumber("status", status);
        json.WriteString("code", code);
        json.WriteString("detail", detail);
        json.WriteBoolean("retry", type.Retry);
        if (errors.Count > 0)
        {
            json.WriteStartArray("errors");
            foreach (ProblemError error in errors)
            {
                json.WriteStartObject();
                json.WriteString("where", error.Where);
                json.WriteString("detail", error.Detail);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        members?.Invoke(json);
        json.WriteEndObject();
    }
}
