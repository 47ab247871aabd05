using System.Text;
using Realtime.Tests.Protocol.WebSockets;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>
/// Clients that flood, that do not read, that break rules: their connections end with a number that says why, memory
/// stays bounded, and another client gets everything in order. Prints what each cost.
/// </summary>
public sealed class HostileSocketsTests(HostileScene scene, ITestOutputHelper output) : IClassFixture<HostileScene>
{
    // A connection may hold 239 KiB in the edge (edge/README.md) and less in a worker; the rest is garbage between two
    // collections, and what a process keeps for next time. Each flood sends many times that.
    private const int Attackers = 8;
    private const int GrowthMibMax = 128;

    private const int Normal = 1000;
    private const int BadMessage = 4400;
    private const int TooLarge = 4413;
    private const int Limited = 4429;

    private static readonly byte[] Continued = WebSocketInput.Masked(0x00, [(byte)' ']);
    private static readonly byte[] Empty = WebSocketInput.Masked(0x00, []);
    private static readonly string LargeField = new('a', 65_536 - 64);

    [Theory]
    [InlineData("pings", 60_000)]
    [InlineData("pongs", 60_000)]
    [InlineData("unknown ops", 40_000)]
    [InlineData("large messages", 150)]
    [InlineData("hello", 40_000)]
    [InlineData("ping messages", 40_000)]
    [InlineData("subscribe and unsubscribe", 5_000)]
    [InlineData("auth", 20_000)]
    public async Task A_flood_that_is_read_along_is_ended_for_its_rate(string kind, int times) =>
        await EndureAsync(async socket =>
        {
            Task<(int Code, string Said)> reading = socket.EndAsync();
            await socket.FloodAsync(Flood(kind), times);
            await socket.SayGoodbyeAsync();
            (int code, string said) = await reading;
            Assert.True(code == Limited, $"{code}: {said[^Math.Min(said.Length, 500)..]}");
            Assert.DoesNotContain("\"internal\"", said, StringComparison.Ordinal);
        });

    // So many that their answers alone, if they were kept, would be more than the bound.
    [Theory]
    [InlineData("pings", 60_000)]
    [InlineData("ping messages", 400_000)]
    [InlineData("subscribe and unsubscribe", 200_000)]
    [InlineData("auth", 200_000)]
    [InlineData("large messages", 150)]
    public async Task A_flood_that_reads_nothing_is_ended_or_waits(string kind, int times) => await EndureAsync(
        async socket =>
        {
            await socket.FloodAsync(Flood(kind), times);
            await socket.SayGoodbyeAsync();
            (int code, string said) = await socket.EndAsync();
            Assert.True(
                code is Normal or Limited or HostileWebSocket.Cut, $"{code}: {said[^Math.Min(said.Length, 500)..]}");
        });

    [Theory]
    [InlineData("tiny fragments", TooLarge)]
    [InlineData("fragments without an end", TooLarge)]
    [InlineData("deep JSON", BadMessage)]
    [InlineData("many messages in one frame", BadMessage)]
    [InlineData("a length that lies", TooLarge)]
    public async Task What_is_against_the_rules_is_ended_with_its_number(string kind, int expected) =>
        await EndureAsync(async socket =>
        {
            Task<(int Code, string Said)> reading = socket.EndAsync();
            await socket.FloodAsync(Wrong(kind), 100);
            (int code, string said) = await reading;
            Assert.True(code == expected || code == Limited, $"{code}: {said}");
        });

    [Fact]
    public async Task Half_closed_sockets_are_ended() => await EndureAsync(async socket =>
    {
        await socket.HalfCloseAsync();
        Assert.True((await socket.EndAsync()).Code is Normal or HostileWebSocket.Cut);
    });

    [Fact]
    public async Task Who_never_reads_is_let_go()
    {
        const string Tenant = "lazy";
        using HttpClient producing = scene.Client(scene.Token(Tenant));
        string filling = new('x', 50_000);
        string batch = "[" + string.Join(',', Enumerable.Repeat(
            $$"""{"channel":"agents","type":"t","agent":"busy","payload":"{{filling}}"}""", 10)) + "]";
        output.WriteLine(await scene.EndureAsync(GrowthMibMax, async () =>
        {
            HostileWebSocket[] sockets = await Task.WhenAll(Enumerable.Range(0, Attackers).Select(
                _ => HostileWebSocket.OpenAsync(scene.Edge, "/ws/agents?agents=busy", scene.Token(Tenant))));

            // They asked for it and take none of it: after three stalls of a second they are gone.
            await Eventually.TrueAsync(
                "they are let go", async () =>
                {
                    using var body = new StringContent(batch, Encoding.UTF8, "application/json");
                    using HttpResponseMessage answer = await producing.PostAsync("v1/events", body);
                    Assert.True((int)answer.StatusCode is 202 or 429 or 503, $"{answer.StatusCode}");
                    return await scene.ConnectionsAsync(Tenant) == 0;
                }, FaultScene.Patience);
            await Task.WhenAll(sockets.Select(one => one.DisposeAsync().AsTask()));
        }));
    }

    private async Task EndureAsync(Func<HostileWebSocket, Task> attackAsync) =>
        output.WriteLine(await scene.EndureAsync(GrowthMibMax, () => Task.WhenAll(
            Enumerable.Range(0, Attackers).Select(async _ =>
            {
                await using HostileWebSocket socket = await HostileWebSocket.OpenAsync(
                    scene.Edge, "/ws/agents", scene.Token());
                await attackAsync(socket);
            }))));

    private byte[] Flood(string kind) => kind switch
    {
        "pings" => WebSocketInput.Masked(0x89, new byte[125]),
        "pongs" => WebSocketInput.Masked(0x8a, new byte[8]),
        "unknown ops" => HostileWebSocket.Text("""[{"op":"dance","steps":[1,2,{"a":3}]},{"op":"sing"}]"""),
        "large messages" => HostileWebSocket.Text($$"""{"op":"sing","song":"{{LargeField}}"}"""),
        "hello" => HostileWebSocket.Text("""{"op":"hello","features":["lz4","x"],"heartbeat_ms":15000}"""),
        "ping messages" => HostileWebSocket.Text($$"""{"op":"ping","nonce":"{{new string('n', 60)}}"}"""),
        "auth" => HostileWebSocket.Text($$"""{"op":"auth","token":"{{scene.Token("other")}}"}"""),
        _ => HostileWebSocket.Text(
            """[{"op":"subscribe","id":"s","agents":["a*"],"snapshot":true},{"op":"unsubscribe","id":"s"}]"""),
    };

    private static byte[] Wrong(string kind) => kind switch
    {
        "tiny fragments" =>
            [.. WebSocketInput.Masked(0x01, [(byte)'{']), .. Enumerable.Repeat(Continued, 200).SelectMany(one => one)],
        "fragments without an end" =>
            [.. WebSocketInput.Masked(0x01, []), .. Enumerable.Repeat(Empty, 200).SelectMany(one => one)],
        "deep JSON" => HostileWebSocket.Text(
            $$"""{"op":"ping","x":{{new string('[', 30_000)}}{{new string(']', 30_000)}}}"""),
        "many messages in one frame" => HostileWebSocket.Text(
            $"[{string.Join(',', Enumerable.Repeat("""{"op":"x"}""", 5_000))}]"),

        // 2^62 bytes.
        _ => [0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
    };
}
