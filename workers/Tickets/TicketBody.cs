using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Realtime.Workers.Tickets;

/// <summary>Small JSON objects in the bodies of requests about tickets.</summary>
internal static class TicketBody
{
    /// <summary>The longest scope with every character escaped, an origin, and names.</summary>
    public const int BytesMax = 32 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    /// <summary>The bytes of a body; null if there are more than allowed.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > BytesMax)
        {
            return null;
        }

        while (true)
        {
            ReadResult read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > BytesMax)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                byte[] bytes = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The object in it; null if it is none.</summary>
    public static JsonDocument? Parse(byte[] bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A text of an object; null if it has none. False if what stands there is none.</summary>
    public static bool TryGetText(JsonElement json, string name, out string? text)
    {
        text = null;
        if (!json.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
        }

        return text is not null;
    }
}
