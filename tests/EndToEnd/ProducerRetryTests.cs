using System.Text;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd;

/// <summary>A producer whose socket breaks again and again: everything is stored once, in order, and so it is
/// seen.</summary>
public sealed class ProducerRetryTests(ITestOutputHelper output)
{
    private const int EventsCount = 300;
    private const int ChunksCount = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("memory", TestConnection.Json, false)]
    [InlineData("redis", TestConnection.MessagePack, false)]
    [InlineData("memory", TestConnection.MessagePack, true)]
    [InlineData("redis", TestConnection.Json, true)]
    public async Task Retries_over_cut_connections_store_everything_once_and_in_order(
        string log, string form, bool isNumbered)
    {
        int seed = Fuzzing.NewSeed(output);
        await using RedisServer? redis = log == "redis" ? await RedisServer.StartAsync() : null;
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 2, Redis = redis?.Endpoint });
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var seen = new TestSubscription("s1", EventFilter.All);
        await using TestClient viewer = TestClient.Start(
            system.Socket(), system.Token(), system.Certificate, seed, seen);
        await Eventually.TrueAsync("the viewer is subscribed", () => viewer.IsSubscribed, Patience);

        byte[] bytes = new byte[64 * 1024];
        new Random(seed).NextBytes(bytes);
        var producer = new SocketProducer(system, system.Token(), form, seed);
        await producer.SendAsync(Requests(form, isNumbered, bytes, new Random(seed)), patience.Token);
        output.WriteLine($"{producer.Cuts} cuts, {producer.Duplicates} duplicates.");

        Assert.True(producer.Cuts >= 5, $"{producer.Cuts} cuts.");
        await Eventually.TrueAsync("all events arrived", () => seen.Count >= EventsCount, Patience);
        using HttpClient http = system.CreateClient(system.Token());
        Assert.Equal(bytes, await http.GetByteArrayAsync("v1/tasks/t1/terminal"));
        Assert.Empty(viewer.Violations);
        Assert.Equal(
            Enumerable.Range(0, EventsCount),
            seen.Seen.Select(one =>
                int.Parse(one.Envelope.Type[1..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    // Events of one agent and chunks of one terminal, one after the other, and its end.
    private static List<ReadOnlyMemory<byte>> Requests(
        string form, bool isNumbered, byte[] bytes, Random random)
    {
        var requests = new List<ReadOnlyMemory<byte>>();
        int offset = 0;
        for (int i = 0; i < EventsCount; i++)
        {
            string once = isNumbered
                ? $"\"producer\":\"p\",\"producer_epoch\":7,\"producer_seq\":{i + 1}"
                : $"\"key\":\"k{i}\"";
            string publish =
                $$"""{"op":"publish","seq":{{requests.Count}},"events":"""
                + $$"""[{"channel":"agents","type":"e{{i}}","agent":"a1",{{once}},"payload":{{i}}}]}""";
            requests.Add(form == TestConnection.Json
                ? Encoding.UTF8.GetBytes(publish)
                : MessagePackJson.FromJson(publish));
            int length = i == ChunksCount - 1 ? bytes.Length - offset : random.Next(1, 2 * bytes.Length / ChunksCount);
            length = Math.Min(length, bytes.Length - offset);
            if (length > 0)
            {
                byte[] chunk = bytes.AsSpan(offset, length).ToArray();
                requests.Add(form == TestConnection.Json
                    ? Encoding.UTF8.GetBytes(ProducerSpeech.AppendJson(requests.Count, "t1", offset, chunk))
                    : ProducerSpeech.AppendMessagePack(requests.Count, "t1", offset, chunk));
                offset += length;
            }
        }

        string end = $$"""{"op":"end","seq":{{requests.Count}},"task":"t1","exit_code":3}""";
        requests.Add(form == TestConnection.Json ? Encoding.UTF8.GetBytes(end) : MessagePackJson.FromJson(end));
        return requests;
    }
}
