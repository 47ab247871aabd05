using System.Text.Json;

namespace Realtime.Tests.Devhost;

/// <summary>Watches a devhost's events as server-sent events, and keeps them in the order in which they came.</summary>
internal sealed class EventWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<JsonElement> _events = [];
    private readonly HttpClient _client;
    private readonly HttpResponseMessage _answer;
    private readonly Task _reading;

    private EventWatch(HttpClient client, HttpResponseMessage answer)
    {
        _client = client;
        _answer = answer;
        _reading = ReadAsync();
    }

    /// <summary>What came until now.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The server's end of the stream.</summary>
    public Task Ended => _reading;

    /// <summary>Watches everything that comes from now on.</summary>
    public static async Task<EventWatch> StartAsync(DevhostProcess devhost)
    {
        HttpClient client = devhost.CreateClient(devhost.Viewer);
        HttpResponseMessage answer = await client.GetAsync(
            "sse/agents?snapshot=true", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new EventWatch(client, answer);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _answer.Dispose();
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task ReadAsync()
    {
        const string Data = "data: ";
        try
        {
            using var reader = new StreamReader(await _answer.Content.ReadAsStreamAsync(_stopping.Token));
            while (await reader.ReadLineAsync(_stopping.Token) is { } line)
            {
                if (line.StartsWith(Data, StringComparison.Ordinal))
                {
                    Take(JsonDocument.Parse(line[Data.Length..]).RootElement);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or HttpRequestException)
        {
            // By the test, or by the end of the devhost.
        }
    }

    // A message, or an array of them, the older ones of a replay.
    private void Take(JsonElement message)
    {
        foreach (JsonElement one in message.ValueKind == JsonValueKind.Array
            ? message.EnumerateArray().ToArray()
            : [message])
        {
            if (one.TryGetProperty("op", out JsonElement op) && op.GetString() == "event")
            {
                lock (_events)
                {
                    _events.Add(one);
                }
            }
        }
    }
}
