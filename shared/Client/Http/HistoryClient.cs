using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>Reads what is stored: events, values, terminals.</summary>
internal sealed class HistoryClient(EdgeHttp http)
{
    /// <summary>A thousand events of 64 KiB each, and their envelopes.</summary>
    private const int PageBytesMax = 128 * 1024 * 1024;

    private const int TerminalBytesMax = 1024 * 1024 * 1024;

    public async Task<PageReader> ReadPageAsync(string path, QueryText query, CancellationToken cancellationToken)
    {
        var address = new Uri(path + query, UriKind.Relative);
        EdgeAnswer<PageReader> answer = await http.AskAsync(
            () => new HttpRequestMessage(HttpMethod.Get, address),
            static async (response, progress, ended) => PageReader.Read(
                await Body.ReadAsync(response.Content, PageBytesMax, progress, ended)
                ?? throw new JsonException($"more than {PageBytesMax} bytes")),
            cancellationToken);
        return answer.Get();
    }

    /// <summary>Reads a terminal's bytes; a download that breaks off is asked for again from where it broke.</summary>
    public async Task<TerminalContent> ReadTerminalAsync(
        string task, TerminalFrom from, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        TerminalContent? first = null;
        while (true)
        {
            long before = bytes.Length;
            var address = new Uri(
                $"v1/tasks/{Uri.EscapeDataString(task)}/terminal{new QueryText().Add("from", from.ToString())}",
                UriKind.Relative);
            EdgeAnswer<bool> answer = await http.AskAsync(
                () => new HttpRequestMessage(HttpMethod.Get, address),
                async (response, progress, ended) =>
                {
                    first ??= HeadOf(response.Headers);
                    return await Body.CopyAsync(response.Content, bytes, TerminalBytesMax, progress, ended);
                },
                cancellationToken);
            if (answer.Error is null && first is not null)
            {
                return answer.Value
                    ? first with { Data = bytes.ToArray() }
                    : throw new RealtimeException(
                        ErrorCodes.TooLarge, $"The terminal has more than {TerminalBytesMax} bytes: give `from`.",
                        retry: false);
            }

            // It goes on as long as it gets on.
            if (first is null || bytes.Length == before || answer.Error is not { Retry: true })
            {
                answer.Get();
                throw new RealtimeException("The download broke off.");
            }

            from = new TerminalFrom(TerminalFromKind.Offset, first.Offset + bytes.Length, first.Epoch);
        }
    }

    private static TerminalContent HeadOf(HttpResponseHeaders headers)
    {
        string? Text(string name) =>
            headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
        long? Number(string name) =>
            long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                ? number
                : null;
        return Epoch.TryParse(Text("Realtime-Epoch"), out Epoch epoch)
            && Number("Realtime-Offset") is { } offset && Number("Realtime-End") is { } end
            ? new TerminalContent(default, epoch, offset, end, (int?)Number("Realtime-Exit-Code"))
            : throw new JsonException("a terminal without Realtime-Epoch, -Offset or -End");
    }
}
