using System.Net;
using System.Text.Json;

namespace Realtime.Tests.EndToEnd;

/// <summary>A viewer by server-sent events that remembers the last event id as browsers do.</summary>
internal sealed class SseClient : IDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _reader;
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    private SseClient(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _reader = new StreamReader(body);
    }

    /// <summary>What a browser would send when it connects again.</summary>
    public string? LastEventId { get; private set; }

    public static async Task<SseClient> OpenAsync(HttpClient http, string pathAndQuery, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, pathAndQuery);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new SseClient(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next message of this kind; others before it are passed over, their ids kept.</summary>
    public async Task<JsonElement> NextAsync(string op)
    {
        while (true)
        {
            SseBlock block = await NextBlockAsync();
            if (block.Event == op)
            {
                JsonElement message = JsonDocument.Parse(block.Data!).RootElement;
                Assert.Equal(op, Conversation.Op(message));
                return message;
            }
        }
    }

    /// <summary>Reads on to the next block that sets the last event id.</summary>
    public async Task<string> NextIdAsync()
    {
        while (true)
        {
            if ((await NextBlockAsync()).Id is { } id)
            {
                return id;
            }
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _answer.Dispose();
        _patience.Dispose();
    }

    private async Task<SseBlock> NextBlockAsync()
    {
        var block = new SseBlock(null, null, null);
        while (await _reader.ReadLineAsync(_patience.Token) is { } line)
        {
            if (line.Length == 0)
            {
                LastEventId = block.Id ?? LastEventId;
                return block;
            }

            (string field, string value) = line.Split(": ", 2) is [var name, var rest] ? (name, rest) : (line, "");
            block = field switch
            {
                "event" => block with { Event = value },
                "data" => block with { Data = value },
                "id" => block with { Id = value },
                _ => block,
            };
        }

        throw new EndOfStreamException("The event stream ended.");
    }
}
