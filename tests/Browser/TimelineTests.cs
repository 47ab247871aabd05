using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>An agent's events: the newest ones, what is older, what comes.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TimelineTests(Chromium chromium, ConformanceScene scene)
{
    [Fact]
    public Task The_newest_200_are_there_older_ones_on_request_new_ones_by_themselves() => Viewer.RunAsync(
        chromium, scene, async viewer =>
        {
            await viewer.Agents.SayNumbersAsync("a1", 1, 450);
            await viewer.Agents.SayAsync("other", "not of a1");
            await viewer.SignInAsync("#/agents/a1");
            await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(251, 200));

            await viewer.Agents.SayNumbersAsync("a1", 451, 3);
            await Expect(viewer.Messages).ToHaveCountAsync(200);
            await Expect(viewer.Messages.First).ToHaveTextAsync("event 453");

            // Whoever comes to the end gets more.
            await Expect(viewer.Get("load-older")).ToHaveCountAsync(1);
            await Eventually.TrueAsync("all are there", async () =>
            {
                await viewer.Messages.Last.ScrollIntoViewIfNeededAsync();
                return await viewer.Messages.CountAsync() == 453;
            });
            await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, 453));
            await Expect(viewer.Get("load-older")).ToHaveCountAsync(0);
        });

    [Fact]
    public Task Who_does_not_scroll_loads_what_is_older_by_the_button() => Viewer.RunAsync(
        chromium, scene, async viewer =>
        {
            // Without this nothing is loaded by itself at the end.
            await viewer.Page.AddInitScriptAsync(
                "window.IntersectionObserver = class { observe() {} disconnect() {} }");
            await viewer.Agents.SayNumbersAsync("a1", 1, 450);
            await viewer.SignInAsync("#/agents/a1");
            await Expect(viewer.Messages).ToHaveCountAsync(200);
            await viewer.Get("load-older").ClickAsync();
            await Expect(viewer.Messages).ToHaveCountAsync(400);
            await viewer.Get("load-older").FocusAsync();
            await viewer.Page.Keyboard.PressAsync("Enter");
            await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, 450));
            await Expect(viewer.Get("load-older")).ToHaveCountAsync(0);
        });

    [Fact]
    public Task A_task_that_was_stopped_did_not_fail() => Viewer.RunAsync(
        chromium, scene, async viewer =>
        {
            await viewer.Agents.StatusAsync("a1", "stopped", "t1");
            await viewer.Agents.FinishAsync("a1", "t1", 137);
            await viewer.Agents.FinishAsync("a1", "t2", 137);
            await viewer.Agents.SayAsync("a1", "step `test` ended");
            await viewer.SignInAsync("#/agents/a1");

            await Expect(viewer.Get("timeline").Locator("[data-type='task.finished'] .event-text"))
                .ToHaveTextAsync(["Failed t2 · exit code 137", "Ended t1 · exit code 137"]);
            await Expect(viewer.Messages).ToHaveTextAsync(["step test ended"]);
            await Expect(viewer.Messages.Locator("code")).ToHaveTextAsync(["test"]);
        });

    [Fact]
    public Task An_event_opens_to_what_was_sent_and_a_run_of_progress_is_one_line() => Viewer.RunAsync(
        chromium, scene, async viewer =>
        {
            await viewer.SignInAsync("#/agents/a1");
            await viewer.Agents.ProgressAsync("a1", 10, "t1");
            await viewer.Agents.ProgressAsync("a1", 30, "t1", "linking");
            await viewer.Agents.SayAsync("a1", "hello");

            await Expect(viewer.Get("timeline-event")).ToHaveCountAsync(2);
            await Expect(viewer.Get("timeline-event").Nth(1)).ToContainTextAsync("10% → 30% linking · 2 updates");
            await viewer.Get("timeline-event").First.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
            await Expect(viewer.Get("timeline-event").First.Locator(".raw")).ToContainTextAsync("\"text\": \"hello\"");
        });
}
