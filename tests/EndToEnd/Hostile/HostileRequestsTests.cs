using System.Net.Http.Headers;
using System.Text;
using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>
/// Requests that dribble, lie and swell: refused by a problem document or a status, in bounded memory, and another
/// client gets everything in order. Prints what each cost.
/// </summary>
public sealed class HostileRequestsTests(HostileScene scene, ITestOutputHelper output) : IClassFixture<HostileScene>
{
    private const int GrowthMibMax = 64;
    private const int Attackers = 50;

    [Theory]
    [InlineData("LZ4 that says 2 GiB")]
    [InlineData("LZ4 that says less than it is")]
    [InlineData("an array of four billion")]
    [InlineData("a map of four billion")]
    [InlineData("a text of four billion")]
    [InlineData("deep MessagePack")]
    [InlineData("deep JSON")]
    [InlineData("many small values")]
    public async Task Bodies_that_lie_are_refused_by_a_problem(string kind)
    {
        byte[] body = Body(kind);
        using HttpClient client = scene.Client(scene.Token());
        await EndureAsync(async () =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue(
                kind is "deep JSON" ? "application/json" : "application/msgpack");
            using HttpResponseMessage answer = await client.PostAsync("v1/events", content);
            Assert.InRange((int)answer.StatusCode, 400, 413);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 1, 16 * 1024);
        });
    }

    [Fact]
    public async Task Bodies_without_an_end_are_refused()
    {
        string piece = "10000\r\n" + new string('x', 0x10000) + "\r\n";
        await EndureAsync(async () =>
        {
            await using RawConnection client = await RawConnection.ConnectTlsAsync(scene.Edge);
            await client.SendAsync(Head("POST /v1/events", "Transfer-Encoding: chunked\r\n"));
            string answer = await EverythingAsync(client, piece, 200);

            // Who is still sending when it is cut may not see the answer.
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 413 ", StringComparison.Ordinal), answer);
        });
    }

    [Fact]
    public async Task A_body_that_is_said_to_be_huge_is_refused_before_it_comes() => await EndureAsync(async () =>
    {
        await using RawConnection client = await RawConnection.ConnectTlsAsync(scene.Edge);
        await client.SendAsync(Head("POST /v1/events", "Content-Length: 9999999999999\r\n"));
        Assert.StartsWith("HTTP/1.1 413 ", await client.EverythingAsync(), StringComparison.Ordinal);
    });

    [Fact]
    public async Task Bodies_that_dribble_are_given_up() => await EndureAsync(async () =>
    {
        await using RawConnection client = await RawConnection.ConnectTlsAsync(scene.Edge);
        await client.SendAsync(Head("POST /v1/events", "Content-Length: 100000\r\n") + "[");
        string answer = await client.EverythingAsync();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("too_slow", answer, StringComparison.Ordinal);
    });

    [Fact]
    public async Task Heads_that_dribble_are_given_up() => await EndureAsync(async () =>
    {
        await using RawConnection client = await RawConnection.ConnectTlsAsync(scene.Edge);
        await client.SendAsync("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nX-A: ");
        Assert.StartsWith("HTTP/1.1 408 ", await client.EverythingAsync(), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("giant headers", "HTTP/1.1 431 ")]
    [InlineData("a thousand headers", "HTTP/1.1 431 ")]
    [InlineData("a giant target", "HTTP/1.1 414 ")]
    [InlineData("thousands of parameters", "HTTP/1.1 400 ")]
    [InlineData("thousands of patterns", "HTTP/1.1 400 ")]
    [InlineData("a giant cursor", "HTTP/1.1 400 ")]
    public async Task Heads_that_swell_are_refused(string kind, string status)
    {
        string request = kind switch
        {
            "giant headers" => Head("GET /v1/events", $"X-A: {new string('a', 200_000)}\r\n"),
            "a thousand headers" => Head(
                "GET /v1/events", string.Concat(Enumerable.Range(0, 1000).Select(i => $"X-{i}: a\r\n"))),
            "a giant target" => Head($"GET /v1/{new string('a', 200_000)}"),
            "thousands of parameters" => Head($"GET /v1/events?{Many(3_000, i => $"p{i}=1", '&')}"),
            "thousands of patterns" => Head($"GET /v1/events?agents={Many(3_000, i => $"a{i}", ',')}"),
            _ => Head($"GET /v1/events?after={Many(700, i => $"{i}:1-1.aaaaa*", ',')}"),
        };
        await EndureAsync(async () =>
        {
            await using RawConnection client = await RawConnection.ConnectTlsAsync(scene.Edge);
            string answer = await EverythingAsync(client, request, 1);
            Assert.StartsWith(status, answer, StringComparison.Ordinal);
            Assert.InRange(answer.Length, 1, 16 * 1024);
        });
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u00ff\u00ff")] // A record that is longer than any may be.
    [InlineData("")]
    public async Task What_is_no_TLS_is_ended_without_a_word_of_HTTP(string bytes) => await EndureAsync(
        async () =>
        {
            await using RawConnection client = await RawConnection.ConnectAsync(scene.Edge);
            await client.SendAsync(bytes);
            Assert.DoesNotContain("HTTP/", await client.EverythingAsync(), StringComparison.Ordinal);
        });

    private async Task EndureAsync(Func<Task> attackAsync) => output.WriteLine(await scene.EndureAsync(
        GrowthMibMax, () => Task.WhenAll(Enumerable.Range(0, Attackers).Select(_ => attackAsync()))));

    private string Head(string target, string headers = "") =>
        $"{target} HTTP/1.1\r\nHost: {scene.Edge.Authority}\r\nAuthorization: Bearer {scene.Token()}\r\n"
        + $"Content-Type: application/json\r\nConnection: close\r\n{headers}\r\n";

    private static string Many(int count, Func<int, string> one, char between) =>
        string.Join(between, Enumerable.Range(0, count).Select(one));

    private static async Task<string> EverythingAsync(RawConnection client, string bytes, int times)
    {
        try
        {
            for (int i = 0; i < times; i++)
            {
                await client.SendAsync(bytes);
            }
        }
        catch (IOException)
        {
            // The edge had seen enough.
        }

        return await client.EverythingAsync();
    }

    private static byte[] Body(string kind) => kind switch
    {
        // One literal, then a match of 255 x 200,000 bytes and more.
        "LZ4 that says 2 GiB" => Event(Bytes.Of(o => Lz4Extension.Write(o, int.MaxValue, Bomb())).ToArray()),
        "LZ4 that says less than it is" => Event(Bytes.Of(o => Lz4Extension.Write(o, 10, Bomb())).ToArray()),
        "an array of four billion" => [0xdd, 0xff, 0xff, 0xff, 0xff, 0x80],
        "a map of four billion" => [0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61],
        "a text of four billion" => Event([0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]),
        "deep MessagePack" => Event([.. Enumerable.Repeat((byte)0x91, 500_000), 0xc0]),
        "deep JSON" => Encoding.UTF8.GetBytes(
            """{"channel":"agents","type":"t","payload":""" + new string('[', 500_000)),
        _ => Event([0xdd, 0x00, 0x0e, 0x00, 0x00, .. new byte[0x0e_0000]]),
    };

    private static byte[] Bomb() =>
        [0x1f, 0, 1, 0, .. Enumerable.Repeat((byte)0xff, 200_000), 231, 0x50, 0, 0, 0, 0, 0];

    // {"channel":"agents","type":"t","payload":…}
    private static byte[] Event(byte[] payload) =>
    [
        .. Bytes.Of(o =>
        {
            MessagePackWriter.WriteMapHeader(o, 3);
            foreach (string text in new[] { "channel", "agents", "type", "t", "payload" })
            {
                MessagePackWriter.WriteString(o, text);
            }
        }),
        .. payload,
    ];
}
