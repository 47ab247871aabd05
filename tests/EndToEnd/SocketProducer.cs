using System.Text.Json;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// A producer by PROTOCOL.md: several requests in flight on one socket; when it breaks, it connects again and sends
/// what has no answer again, under the same numbers, keys and offsets.
/// </summary>
internal sealed class SocketProducer(RealtimeSystem system, string token, string form, int seed)
{
    private const int InFlightMax = 8;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(5);

    private readonly Random _random = new(seed);

    /// <summary>How often its socket was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Answers that said that it was there already.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Sends all, whose <c>seq</c> are their indexes, cutting its own socket now and then; ends when all are
    /// acknowledged.</summary>
    public async Task SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> requests, CancellationToken stopping)
    {
        bool[] answered = new bool[requests.Count];
        while (answered.Contains(false))
        {
            using var connection = new TestConnection(system.Certificate, token, form);
            try
            {
                await connection.ConnectAsync(system.Socket(path: "/v1/publish"), stopping);
                await SendAsync(connection, requests, answered, stopping);
            }
            catch (Exception failure) when (failure is System.Net.WebSockets.WebSocketException or IOException
                or ObjectDisposedException or InvalidOperationException or HttpRequestException)
            {
                // Cut under way: what has no answer is sent again.
                await Task.Delay(RetryDelay, TimeProvider.System, stopping);
            }
        }
    }

    private async Task SendAsync(
        TestConnection connection, IReadOnlyList<ReadOnlyMemory<byte>> requests, bool[] answered,
        CancellationToken stopping)
    {
        int next = 0;
        int inFlight = 0;
        int cutIn = _random.Next(1, 40);
        while (answered.Contains(false))
        {
            for (; inFlight < InFlightMax && next < requests.Count; next++)
            {
                if (!answered[next])
                {
                    inFlight++;
                    await connection.SendAsync(
                        requests[next],
                        form == TestConnection.Json
                            ? System.Net.WebSockets.WebSocketMessageType.Text
                            : System.Net.WebSockets.WebSocketMessageType.Binary,
                        stopping);
                }
            }

            if (--cutIn == 0)
            {
                Cuts++;
                connection.Cut();
            }

            using JsonDocument? message = await connection.ReceiveAsync(stopping);
            if (message is null)
            {
                return;
            }

            if (message.RootElement.TryGetProperty("seq", out JsonElement seq))
            {
                Acknowledge(message.RootElement);
                answered[seq.GetInt32()] = true;
                inFlight--;
            }
        }
    }

    private void Acknowledge(JsonElement message)
    {
        string op = message.GetProperty("op").GetString()!;
        Assert.True(op is "published" or "appended" or "ended", message.GetRawText());
        bool isDuplicate = op switch
        {
            "published" => message.GetProperty("results").EnumerateArray()
                .Any(one => one.GetProperty("duplicate").GetBoolean()),
            "appended" => message.GetProperty("duplicate").GetBoolean(),
            _ => false,
        };
        Duplicates += isDuplicate ? 1 : 0;
    }
}
