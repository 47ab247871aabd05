using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Browser;

/// <summary>What the edge says about its pages, as a real browser understands it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PageServingTests(Chromium chromium) : IAsyncLifetime
{
    private const string Stranger = "https://app.example.org";

    // Says the first message's `op`, or `failed`.
    private const string OpenSocket = """
        ([address, token]) => new Promise(resolve => {
          const socket = new WebSocket(address, ['realtime.v1.json', `bearer.${token}`]);
          socket.onmessage = message => { resolve(JSON.parse(message.data).op); socket.close(); };
          socket.onerror = () => resolve('failed');
        })
        """;

    // Says the status, the epoch header as far as a script may read it, or `failed`.
    private const string ReadTerminal = """
        async ([address, token]) => {
          try {
            const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
            return `${answer.status} ${answer.headers.get('realtime-epoch')?.length ?? 'none'}`;
          } catch { return 'failed'; }
        }
        """;

    private RealtimeSystem _system = null!;

    public async Task InitializeAsync() => _system = await RealtimeSystem.StartAsync(new()
    {
        Edges = 2,
        EdgeSettings = new Dictionary<string, string> { ["connection_plane:edge:allowed_origins:0"] = Stranger },
    });

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public Task The_page_comes_up_without_a_failure() => chromium.RunAsync(async page =>
    {
        IResponse answer = (await page.GotoAsync(_system.Edge().ToString()))!;

        Assert.Equal(200, answer.Status);
        Assert.Contains("Realtime", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.NotEmpty((await page.InnerTextAsync("body")).Trim());
    });

    [Fact]
    public Task It_may_open_WebSockets_to_its_own_edge() => chromium.RunAsync(async page =>
    {
        await page.GotoAsync(_system.Edge().ToString());

        Assert.Equal("welcome", await page.EvaluateAsync<string>(OpenSocket, SocketOf(edge: 0)));
    });

    [Fact]
    public async Task It_may_open_none_to_elsewhere_and_a_test_that_sees_that_fails_and_keeps_a_picture()
    {
        const string Name = "Forbidden";
        Xunit.Sdk.TrueException failure = await Assert.ThrowsAsync<Xunit.Sdk.TrueException>(
            () => chromium.RunAsync(
                async page =>
                {
                    await page.GotoAsync(_system.Edge().ToString());
                    Assert.Equal("failed", await page.EvaluateAsync<string>(OpenSocket, SocketOf(edge: 1)));
                },
                file: nameof(PageServingTests), name: Name));

        Assert.Contains("connect-src 'self'", failure.Message, StringComparison.Ordinal);
        string kept = BrowserSession.DirectoryOf($"{nameof(PageServingTests)}.{Name}");
        Assert.True(new FileInfo(Path.Combine(kept, "page-1.png")).Length > 0);
        Assert.Contains("connect-src 'self'", await File.ReadAllTextAsync(Path.Combine(kept, "console.txt")));
        Directory.Delete(kept, recursive: true);
    }

    [Fact]
    public Task A_page_of_an_allowed_origin_reads_the_API() => chromium.RunAsync(async page =>
    {
        await PublishAsync();
        await OpenStrangerAsync(page, Stranger);

        Assert.Equal("200 6", await page.EvaluateAsync<string>(ReadTerminal, TerminalOf(token: _system.Token())));
        Assert.Equal("401 none", await page.EvaluateAsync<string>(ReadTerminal, TerminalOf(token: "wrong")));
    });

    [Fact]
    public Task A_page_of_another_origin_reads_nothing() => chromium.RunAsync(async page =>
    {
        await OpenStrangerAsync(page, "https://evil.example.org");

        Assert.Equal("failed", await page.EvaluateAsync<string>(ReadTerminal, TerminalOf(token: _system.Token())));
    });

    // Served by the test itself: no host of that name is asked.
    private static async Task OpenStrangerAsync(IPage page, string origin)
    {
        await page.RouteAsync($"{origin}/**", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = "<!doctype html><title>stranger</title><link rel=icon href=data:,>",
        }));
        await page.GotoAsync(origin);
    }

    private async Task PublishAsync()
    {
        using HttpClient producer = _system.CreateClient(_system.Token());
        using var bytes = new ByteArrayContent("hello"u8.ToArray());
        using HttpResponseMessage stored = await producer.PostAsync("v1/tasks/t1/terminal?offset=0", bytes);
        stored.EnsureSuccessStatusCode();
    }

    private string[] SocketOf(int edge) => [_system.Socket(edge).ToString(), _system.Token()];

    private string[] TerminalOf(string token) =>
        [new Uri(_system.Edge(), "/v1/tasks/t1/terminal?from=start").ToString(), token];
}
