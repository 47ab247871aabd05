using Microsoft.Net.Http.Headers;
using Realtime.Workers.Answers;

namespace Realtime.Workers.Ingest;

/// <summary>Which content types are read.</summary>
internal static class MediaTypes
{
    /// <summary>The rule for JSON, in words.</summary>
    public const string JsonRule = "The content type must be application/json (UTF-8).";

    /// <summary>The rule for events, in words.</summary>
    public const string EventsRule = "The content type must be application/json (UTF-8) or application/msgpack.";

    /// <summary>The rule for bytes, in words.</summary>
    public const string BytesRule = "The content type must be application/octet-stream, or none.";

    /// <summary>Whether it is JSON in UTF-8, which is what JSON between systems is (RFC 8259, 8.1).</summary>
    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && Is(type, "application/json")
        && (!type.Charset.HasValue
            || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether it is MessagePack: by the name that most libraries use, the older one, or the registered one.
    /// </summary>
    public static bool IsMessagePack(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && (Is(type, MessagePackAnswer.ContentType) || Is(type, "application/x-msgpack")
            || Is(type, "application/vnd.msgpack"));

    /// <summary>Whether it says bytes, or nothing.</summary>
    public static bool IsBytes(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
            && Is(type, "application/octet-stream"));

    private static bool Is(MediaTypeHeaderValue type, string name) =>
        type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);
}
