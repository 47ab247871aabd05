using System.Text.Json;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Devhost;

namespace Realtime.Tests.Browser;

/// <summary>The devhost's link, in a browser: the page uses it, keeps no code in the address, and watches.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SignInLinkTests(Chromium chromium, DevhostFixture fixture) : IClassFixture<DevhostFixture>
{
    private readonly DevhostProcess _devhost = fixture.Devhost;

    [Fact]
    public Task The_link_opens_the_page_signed_in_and_is_used_up() => chromium.RunAsync(async page =>
    {
        string link = Link();

        IWebSocket socket = await page.RunAndWaitForWebSocketAsync(() => page.GotoAsync(link));

        Assert.Contains("/ws/agents", socket.Url, StringComparison.Ordinal);
        Assert.NotEqual(link, Link());
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain("token", socket.Url, StringComparison.Ordinal);
    });

    // The file is written anew after each sign-in.
    private string Link() =>
        JsonDocument.Parse(File.ReadAllBytes(_devhost.ReadyFile)).RootElement.GetProperty("page").GetString()!;
}
