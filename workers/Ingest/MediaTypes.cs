using Microsoft.Net.Http.Headers;

namespace Realtime.Workers.Ingest;

/// <summary>Which content types are read.</summary>
internal static class MediaTypes
{
    /// <summary>The rule for JSON, in words.</summary>
    public const string JsonRule = "The content type must be application/json (UTF-8).";

    /// <summary>The rule for bytes, in words.</summary>
    public const string BytesRule = "The content type must be application/octet-stream, or none.";

    /// <summary>Whether it is JSON in UTF-8, which is what JSON between systems is (RFC 8259, 8.1).</summary>
    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue
            || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it says bytes, or nothing.</summary>
    public static bool IsBytes(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase));
}
