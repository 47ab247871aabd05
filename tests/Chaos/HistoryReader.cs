using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Devhost.Certificates;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos;

/// <summary>Reads all events by <c>GET /v1/events</c>, page by page, as PROTOCOL.md section 9 says.</summary>
internal static class HistoryReader
{
    private static readonly TimeSpan PageMax = TimeSpan.FromSeconds(20);

    public static async Task<IReadOnlyList<HistoryEntry>> ReadAsync(
        ChaosSystem system, string token, CancellationToken stopping)
    {
        using var http = new HttpClient(TrustingHandler.Create(system.Certificate)) { BaseAddress = system.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var entries = new List<HistoryEntry>();
        string after = string.Empty;
        bool more = true;
        while (more)
        {
            string? page = null;
            await Eventually.TrueAsync(
                "history answers", async () => (page = await TryGetAsync(http, after, stopping)) is not null, PageMax);
            using var document = JsonDocument.Parse(page!);
            entries.AddRange(document.RootElement.GetProperty("events").EnumerateArray().Select(EntryOf));
            Assert.Equal(0, document.RootElement.GetProperty("gaps").GetArrayLength());
            after = string.Join(
                ',', document.RootElement.GetProperty("next").EnumerateArray().Select(one => one.GetString()));
            more = document.RootElement.GetProperty("more").GetBoolean();
        }

        return entries;
    }

    private static async Task<string?> TryGetAsync(HttpClient http, string after, CancellationToken stopping)
    {
        string query = after.Length == 0 ? "limit=1000" : $"limit=1000&after={after}";
        try
        {
            using HttpResponseMessage answer = await http.GetAsync($"v1/events?{query}", stopping);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(stopping) : null;
        }
        catch (HttpRequestException)
        {
            // A connection that a fault has left behind.
            return null;
        }
    }

    private static HistoryEntry EntryOf(JsonElement e) => new(
        Place.Parse(e.GetProperty("id").GetString()!),
        EventKey.Of(e.GetProperty("payload")) ?? throw new FormatException(e.GetRawText()), EventFacts.Of(e));
}
