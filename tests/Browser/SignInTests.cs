using Microsoft.Playwright;
using Realtime.Hosting.Identity;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>Who gets in, for how long, and how to leave.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SignInTests(Chromium chromium, ConformanceScene scene)
{
    private const string StoredTokens =
        "[...Object.values(localStorage), ...Object.values(sessionStorage)]"
        + ".filter(text => text.startsWith('ey')).length";

    // Of the terminal's parts, and of what holds them.
    private const string SameWidths =
        """
        pane => [...pane.children].filter(part => part.clientWidth > 0 && part.clientWidth < pane.clientWidth - 40)
          .map(part => `${part.className}: ${part.clientWidth} of ${pane.clientWidth}`).join('; ') || 'ok'
        """;

    [Fact]
    public Task What_is_no_token_a_forged_one_and_an_expired_one_are_refused_in_words() => RunAsync(async viewer =>
    {
        await viewer.GoAsync();
        foreach ((string token, string words) in ((string, string)[])
            [
                ("", "Paste a token first"),
                ("secret", "This is no token"),
                (viewer.Token[..^6] + "AAAAAA", "This token was refused"),
                (Mint(viewer, TimeSpan.FromHours(-1)), "This token has expired"),
                (scene.System.Token("publish:*", viewer.Tenant), "may not read"),
            ])
        {
            await viewer.PasteAsync(token);
            await Expect(viewer.Get("sign-in-error")).ToContainTextAsync(words);
        }

        Assert.Equal(0, await viewer.Page.EvaluateAsync<int>(StoredTokens));
        await viewer.PasteAsync($"Authorization: Bearer {viewer.Token}\n");
        await viewer.IsLiveAsync();
    });

    [Fact]
    public Task A_tab_stays_signed_in_over_a_reload_another_tab_is_not() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync();
        await viewer.Page.ReloadAsync();
        await viewer.IsLiveAsync();

        await viewer.TakeAnotherTabAsync();
        await viewer.GoAsync();
        await Expect(viewer.Get("sign-in-form")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Another_tab_is_signed_in_as_the_open_one_and_leaving_one_leaves_both() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync();
        IPage second = await viewer.Page.Context.NewPageAsync();
        await second.GotoAsync(viewer.Page.Url);
        await Expect(second.GetByTestId("connection-state")).ToHaveAttributeAsync("data-state", "live");

        await second.GetByTestId("sign-out").ClickAsync();
        await Expect(second.GetByTestId("sign-in-form")).ToBeVisibleAsync();
        await Expect(viewer.Get("sign-in-form")).ToBeVisibleAsync();
        Assert.Equal(0, await viewer.Page.EvaluateAsync<int>(StoredTokens));
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Get("sign-in-form")).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_token_that_is_refused_before_its_time_did_not_run_out() => RunAsync(async viewer =>
    {
        var sockets = new List<IWebSocketRoute>();
        await viewer.Page.RouteWebSocketAsync("**/ws/**", socket =>
        {
            socket.ConnectToServer();
            sockets.Add(socket);
        });
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "output\n");
        await viewer.SignInAsync("#/agents/a1");
        await viewer.ShowsAsync("output");

        await sockets[^1].CloseAsync(new() { Code = 4401, Reason = "The token's signature does not verify." });
        await Expect(viewer.Connection).ToHaveAttributeAsync("data-state", "not-accepted");
        await Expect(viewer.Connection).ToContainTextAsync("Sign-in not accepted");
        await Expect(viewer.Get("sign-in-again")).ToContainTextAsync("Open the link that it printed");
        await Expect(viewer.Get("sign-in-again").Locator("label[for]")).ToBeInViewportAsync();
        await Expect(viewer.Get("sign-in-again")).Not.ToContainTextAsync("run out");

        // What was shown stays; what cannot be shown says so across the whole width.
        await Expect(viewer.Get("terminal-failed")).ToBeVisibleAsync();
        await viewer.ShowsAsync("output");
        Assert.Equal("ok", await viewer.Get("terminal").EvaluateAsync<string>(SameWidths));

        await viewer.Page.ReloadAsync();
        await viewer.IsLiveAsync();
    });

    [Fact]
    public Task Who_wants_to_be_kept_signed_in_is_until_they_sign_out() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync(keep: true);
        await viewer.TakeAnotherTabAsync();
        await viewer.GoAsync();
        await viewer.IsLiveAsync();

        await viewer.Get("sign-out").ClickAsync();
        await Expect(viewer.Get("sign-in-form")).ToBeVisibleAsync();
        Assert.Equal(0, await viewer.Page.EvaluateAsync<int>(StoredTokens));
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Get("sign-in-form")).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_token_that_runs_out_is_told_and_a_fresh_one_goes_on_where_it_was() => RunAsync(async viewer =>
    {
        await viewer.GoAsync("#/agents/a1");
        await viewer.PasteAsync(Mint(viewer, TimeSpan.FromSeconds(4)));
        await viewer.IsLiveAsync();
        await viewer.Agents.SayNumbersAsync("a1", 1, 3);
        await Expect(viewer.Messages).ToHaveCountAsync(3);

        await Expect(viewer.Connection).ToHaveAttributeAsync("data-state", "expired");
        await viewer.Agents.SayNumbersAsync("a1", 4, 3);
        await Expect(viewer.Messages).ToHaveCountAsync(3);
        await viewer.PasteAsync(viewer.Token);
        await viewer.IsLiveAsync();
        await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, 6));
        await Expect(viewer.Get("sign-in-form")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_link_does_not_replace_a_session_unless_they_want_it() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync(keep: true);
        await viewer.GoAsync("#code=of-somebody");
        await Expect(viewer.Get("sign-in-offer")).ToContainTextAsync($"You are signed in as {viewer.Tenant} / ");
        Assert.EndsWith("/#/", viewer.Page.Url, StringComparison.Ordinal);
        await Expect(viewer.Get("offer-decline")).ToBeFocusedAsync();
        await viewer.Page.Keyboard.PressAsync("Escape");
        await Expect(viewer.Get("sign-in-offer")).ToBeHiddenAsync();

        // This edge gives no codes, so this one is refused, and nothing is lost by trying.
        await viewer.GoAsync("#code=of-somebody");
        await viewer.Get("offer-accept").ClickAsync();
        await Expect(viewer.Get("offer-error")).ToBeVisibleAsync();
        await viewer.Get("offer-decline").ClickAsync();
        await viewer.IsLiveAsync();
        Assert.Equal(1, await viewer.Page.EvaluateAsync<int>(StoredTokens));
    });

    [Fact]
    public Task Nobody_but_the_edge_is_asked_and_no_address_holds_the_token() => RunAsync(async viewer =>
    {
        var asked = new List<string>();
        viewer.Page.Context.Request += (_, request) => asked.Add(request.Url);
        viewer.Page.WebSocket += (_, socket) => asked.Add(socket.Url);
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "output\r\n");
        string token = viewer.Token;
        await viewer.SignInAsync();
        await viewer.OpenAsync("a1");
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("output");
        await viewer.Get("theme").ClickAsync();

        Assert.Contains(asked, url => url.Contains("/ws/agents", StringComparison.Ordinal));
        Assert.Contains(asked, url => url.Contains("/v1/events", StringComparison.Ordinal));
        Assert.All(asked, url => Assert.Equal(scene.Url.Authority, new Uri(url).Authority));
        Assert.All(asked, url => Assert.DoesNotContain(token, url, StringComparison.Ordinal));
        Assert.DoesNotContain(token, viewer.Page.Url, StringComparison.Ordinal);
    });

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);

    private string Mint(Viewer viewer, TimeSpan lifetime) =>
        new TokenMinter(scene.System.SigningKey, TimeProvider.System)
            .Mint(viewer.Tenant, "tester", "read:*", lifetime);
}
