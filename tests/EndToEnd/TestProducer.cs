using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Publishes for some agents in batches with idempotency keys, sends a batch again now and then as if its answer had
/// been lost, and keeps what was acknowledged. One call at a time, so that each agent's events have an order.
/// </summary>
internal sealed class TestProducer(HttpClient client, int seed)
{
    private static readonly byte[] Nil = [0xc0];
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);
    private static readonly Channel[] Channels = Enum.GetValues<Channel>();

    private readonly Random _random = new(seed);
    private int _number;

    /// <summary>What was acknowledged, in the order in which it was sent.</summary>
    public List<Published> Acknowledged { get; } = [];

    /// <summary>
    /// Whether a batch is sent again now and then though it was acknowledged. Not so where keys may be lost with all
    /// else.
    /// </summary>
    public bool SendsAgain { get; init; } = true;

    /// <summary>Whether it publishes in MessagePack, and is answered so; else in JSON.</summary>
    public bool SpeaksMessagePack { get; init; }

    /// <summary>Batches that were sent more than once.</summary>
    public int Repeats { get; private set; }

    /// <summary>Publishes in random batches as long as a condition holds.</summary>
    public async Task PublishWhileAsync(
        IReadOnlyList<string> agents, Func<bool> condition, int batchMax, CancellationToken cancelled)
    {
        while (condition())
        {
            await PublishAsync(agents, batchMax, batchMax, cancelled);
        }
    }

    /// <summary>Publishes so many events in random batches.</summary>
    /// <param name="agents">Whom they are about, at random.</param>
    /// <param name="count">How many.</param>
    /// <param name="batchMax">Largest batch.</param>
    /// <param name="cancelled">Gives up.</param>
    public async Task PublishAsync(IReadOnlyList<string> agents, int count, int batchMax, CancellationToken cancelled)
    {
        while (count > 0)
        {
            int size = Math.Min(count, 1 + _random.Next(batchMax));
            JsonObject[] batch = [.. Enumerable.Range(0, size).Select(_ => Next(agents))];
            await PublishAsync(batch, cancelled);
            count -= size;
        }
    }

    private async Task PublishAsync(JsonObject[] batch, CancellationToken cancelled)
    {
        EventPosition[] first = await SendAsync(batch, mustBeDuplicate: false, cancelled);
        if (SendsAgain && _random.Next(10) == 0)
        {
            Repeats++;
            EventPosition[] again = await SendAsync(batch, mustBeDuplicate: true, cancelled);
            Assert.Equal(first, again);
        }

        for (int i = 0; i < batch.Length; i++)
        {
            Acknowledged.Add(new Published(first[i], ToEnvelope(batch[i])));
        }
    }

    // Until all are stored: what was refused for now is asked again under the same keys.
    private async Task<EventPosition[]> SendAsync(JsonObject[] batch, bool mustBeDuplicate, CancellationToken cancelled)
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = SpeaksMessagePack
                    ? await PostMessagePackAsync(batch, cancelled)
                    : await client.PostAsJsonAsync("v1/events", batch, cancelled);
                if (answer.StatusCode == HttpStatusCode.Accepted)
                {
                    byte[] body = await answer.Content.ReadAsByteArrayAsync(cancelled);
                    using var content = SpeaksMessagePack
                        ? JsonDocument.Parse(MessagePackJson.ToJson(body))
                        : JsonDocument.Parse(body);
                    if (TryRead(content.RootElement, mustBeDuplicate, out EventPosition[] positions))
                    {
                        return positions;
                    }
                }
                else
                {
                    Assert.True(
                        answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
                            or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
                        $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancelled)}");
                }
            }
            catch (HttpRequestException)
            {
                // The edge or its worker broke off: what became of the batch is not known, so it is sent again.
            }

            await Task.Delay(RetryDelay, TimeProvider.System, cancelled);
        }
    }

    private async Task<HttpResponseMessage> PostMessagePackAsync(JsonObject[] batch, CancellationToken cancelled)
    {
        string json = $"[{string.Join(',', batch.Select(one => one.ToJsonString()))}]";
        using var content = new ByteArrayContent(MessagePackJson.FromJson(json));
        content.Headers.ContentType = new("application/msgpack");
        return await client.PostAsync("v1/events", content, cancelled);
    }

    private static bool TryRead(JsonElement answer, bool mustBeDuplicate, out EventPosition[] positions)
    {
        JsonElement[] results = [.. answer.GetProperty("results").EnumerateArray()];
        positions = new EventPosition[results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i].TryGetProperty("error", out JsonElement error))
            {
                Assert.True(error.GetProperty("retry").GetBoolean(), $"Refused for good: {error}");
                return false;
            }

            Assert.True(EventPosition.TryParse(results[i].GetProperty("id").GetString(), out positions[i]));
            Assert.True(results[i].GetProperty("duplicate").GetBoolean() || !mustBeDuplicate, "Stored twice.");
        }

        return true;
    }

    private JsonObject Next(IReadOnlyList<string> agents)
    {
        int number = _number++;
        string agent = agents[_random.Next(agents.Count)];
        var next = new JsonObject
        {
            ["channel"] = ChannelNames.NameOf(Channels[_random.Next(Channels.Length)]),
            ["type"] = _random.Next(2) == 0 ? "agent.status" : "agent.progress",
            ["agent"] = agent,
            ["key"] = string.Create(CultureInfo.InvariantCulture, $"{seed}-{number}"),
            ["payload"] = new JsonObject { ["n"] = number },
        };
        if (_random.Next(2) == 0)
        {
            next["task"] = string.Create(CultureInfo.InvariantCulture, $"task-{_random.Next(10)}");
        }

        if (_random.Next(2) == 0)
        {
            next["project"] = string.Create(CultureInfo.InvariantCulture, $"project-{_random.Next(3)}");
        }

        return next;
    }

    private static EventEnvelope ToEnvelope(JsonObject sent)
    {
        Assert.True(ChannelNames.TryParse(sent["channel"]!.GetValue<string>(), out Channel channel));
        return new EventEnvelope
        {
            Channel = channel,
            Type = sent["type"]!.GetValue<string>(),
            Agent = sent["agent"]!.GetValue<string>(),
            Task = sent["task"]?.GetValue<string>(),
            Project = sent["project"]?.GetValue<string>(),
            Payload = Nil,
        };
    }
}
