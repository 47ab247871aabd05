using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>What somebody is told who does not look: by the browser's notifications, and by its tab.</summary>
[Collection(BrowserCollection.Name)]
public sealed class NotificationTests(Chromium chromium, ConformanceScene scene)
{
    // A page cannot be hidden here, and a notification not be seen: both are played.
    private const string Stage =
        """
        window.told = [];
        window.Notification = class {
          static permission = 'default';
          static requestPermission = async () => (window.Notification.permission = 'granted');
          constructor(title, options) { window.told.push(`${title}: ${options.body}`); }
          close() {}
        };
        let away = false;
        Object.defineProperty(document, 'visibilityState', { get: () => (away ? 'hidden' : 'visible') });
        window.goAway = to => { away = to; document.dispatchEvent(new Event('visibilitychange')); };
        """;

    [Fact]
    public Task Failures_and_completions_while_the_page_is_hidden_are_told_together_once_it_was_allowed() =>
        Viewer.RunAsync(chromium, scene, async viewer =>
        {
            await viewer.Page.AddInitScriptAsync(Stage);
            await viewer.Agents.StatusAsync("a1", "working", "t1");
            await viewer.Agents.StatusAsync("a2", "working", "t2");
            await viewer.SignInAsync();
            await viewer.Get("notify").ClickAsync();
            await Expect(viewer.Get("notify")).ToHaveAttributeAsync("data-state", "on");
            await viewer.Agents.FinishAsync("a2", "t0", 1);
            await viewer.Agents.StatusAsync("a2", "waiting", "t2");
            await Expect(viewer.Status("a2")).ToHaveAttributeAsync("data-status", "waiting");

            await viewer.Page.EvaluateAsync("goAway(true)");
            await viewer.Agents.FinishAsync("a1", "t1", 3);
            await viewer.Agents.StatusAsync("a1", "failed", "t1");
            await viewer.Agents.FinishAsync("a2", "t2", 0);
            await Eventually.TrueAsync(
                "it is told once",
                async () => (await ToldAsync(viewer)).SequenceEqual(["1 task failed, 1 finished: a1, a2"]));
            await Eventually.TrueAsync(
                "the tab says how many",
                async () => await viewer.Page.TitleAsync() == "(2) Realtime"
                    && await viewer.Page.Locator("link[rel=icon]").GetAttributeAsync("href") == "/icon-failed.svg");

            await viewer.Page.EvaluateAsync("goAway(false)");
            await Expect(viewer.Row("a1").GetByTestId("missed-badge")).ToContainTextAsync("1 failed");
            await viewer.Get("missed-dismiss").ClickAsync();
            await Expect(viewer.Page).ToHaveTitleAsync("Realtime");
        });

    private static Task<string[]> ToldAsync(Viewer viewer) => viewer.Page.EvaluateAsync<string[]>("told");
}
