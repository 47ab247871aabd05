using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser.Support;

/// <summary>
/// A person at the viewer page, behind the network that a test can cut, and the agents that they watch.
/// </summary>
internal sealed partial class Viewer : IDisposable
{
    private const string LineTexts =
        "lines => lines.map(line => line.textContent.replaceAll('\\u00a0', ' ').trimEnd())";

    private readonly ConformanceScene _scene;

    private Viewer(IPage page, ConformanceScene scene)
    {
        Page = page;
        _scene = scene;
        Tenant = scene.NewTenant();
        Agents = new TenantProducer(scene.System, Tenant);
    }

    public IPage Page { get; private set; }

    public string Tenant { get; }

    public TenantProducer Agents { get; }

    public string Token => _scene.System.Token("read:*", Tenant);

    public ILocator Connection => Get("connection-state");

    /// <summary>What the timeline's messages say, the newest first.</summary>
    public ILocator Messages => Get("timeline").Locator("[data-type='agent.message'] .message");

    /// <summary>The lines of the open terminal that are in view.</summary>
    public ILocator TerminalLines => Get("terminal").Locator(".xterm-rows > div");

    /// <summary>Runs a test with a tenant of its own; see <see cref="Chromium.RunAsync"/>.</summary>
    public static Task RunAsync(
        Chromium chromium, ConformanceScene scene, Func<Viewer, Task> test,
        Action<BrowserNewContextOptions>? configure = null,
        [CallerFilePath] string file = "", [CallerMemberName] string name = "") =>
        chromium.RunAsync(
            async page =>
            {
                SetDefaultExpectTimeout(15_000);
                using var viewer = new Viewer(page, scene);
                await test(viewer);
            },
            configure, file, name);

    public ILocator Get(string testId) => Page.GetByTestId(testId);

    public ILocator Row(string agent) => Get($"agent-row-{agent}");

    public ILocator Status(string agent) => Row(agent).GetByTestId("status");

    public ILocator Progress(string agent) => Row(agent).GetByTestId("progress");

    /// <summary>Opens the page, at an address such as <c>#/agents/a1</c>.</summary>
    public Task GoAsync(string address = "") => Page.GotoAsync(new Uri(_scene.Url, "/" + address).ToString());

    /// <summary>Signs in by the form; waits for nothing.</summary>
    public async Task PasteAsync(string token, bool keep = false)
    {
        await Get("token").FillAsync(token);
        await Get("keep").SetCheckedAsync(keep);
        await Get("sign-in").ClickAsync();
    }

    /// <summary>Opens the page, signs in, and waits until it is live.</summary>
    public async Task SignInAsync(string address = "", bool keep = false)
    {
        await GoAsync(address);
        await PasteAsync(Token, keep);
        await IsLiveAsync();
    }

    public Task IsLiveAsync() => Expect(Connection).ToHaveAttributeAsync("data-state", "live");

    public async Task OpenAsync(string agent)
    {
        await Row(agent).ClickAsync();
        await Expect(Get("detail")).ToHaveAttributeAsync("data-agent", agent);
    }

    /// <summary>Waits until the terminal's first lines are these, to the blank.</summary>
    public Task ShowsAsync(params string[] lines) => Eventually.TrueAsync(
        $"the terminal shows {string.Join(" | ", lines)}",
        async () => (await TerminalLines.EvaluateAllAsync<string[]>(LineTexts)).Take(lines.Length).SequenceEqual(lines),
        TimeSpan.FromSeconds(15));

    /// <summary>Goes away, and leaves the tab where it is.</summary>
    public Task LeaveAsync() => Page.GotoAsync("about:blank");

    /// <summary>Closes the tab and opens another one.</summary>
    public async Task TakeAnotherTabAsync()
    {
        IBrowserContext context = Page.Context;
        await Page.CloseAsync();
        Page = await context.NewPageAsync();
    }

    /// <summary>Cuts the network until <see cref="Reconnect"/>.</summary>
    public void Disconnect()
    {
        _scene.Network.Refuse(true);
        _scene.Network.Cut();
    }

    public void Reconnect() => _scene.Network.Refuse(false);

    /// <summary>Waits until the page waits for the next attempt, and says when that is.</summary>
    public async Task IsWaitingAsync()
    {
        await Expect(Connection).ToHaveAttributeAsync("data-state", "reconnecting");
        await Expect(Connection).ToContainTextAsync(Countdown());
    }

    /// <summary>
    /// From now on keeps every value that an element's attribute has; see <see cref="HistoryAsync"/>.
    /// </summary>
    public static Task RecordAsync(ILocator element, string attribute) => element.EvaluateAsync(
        """
        (element, attribute) => {
          const seen = window.seen = [element.getAttribute(attribute)];
          new MutationObserver(() => seen.push(element.getAttribute(attribute)))
            .observe(element, { attributes: true, attributeFilter: [attribute] });
        }
        """,
        attribute);

    public Task<string[]> HistoryAsync() => Page.EvaluateAsync<string[]>("window.seen");

    public void Dispose()
    {
        Reconnect();
        Agents.Dispose();
    }

    [GeneratedRegex(@"Reconnecting in \d+ s")]
    private static partial Regex Countdown();
}
