using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>The page on a phone and on a desk, dark and light: nothing sticks out, nothing covers anything.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LookTests(Chromium chromium, ConformanceScene scene)
{
    private const string Serious =
        """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' | ')}`)
        """;

    // What is wider than the window though it does not scroll by itself.
    private const string SticksOut =
        """
        () => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.querySelectorAll('body *')]
            .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
            .map(element => element.outerHTML.slice(0, 120))
        """;

    // Of the filters, which don't scroll.
    private const string CutChips =
        """
        () => [...document.querySelectorAll('.chip')]
          .filter(chip => chip.getBoundingClientRect().right > chip.closest('.tools').getBoundingClientRect().right)
          .map(chip => chip.textContent)
        """;

    private static readonly string Axe =
        Path.Combine(Repository.Root, "edge", "web", "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(768, ColorScheme.Light)]
    [InlineData(1400, ColorScheme.Dark)]
    [InlineData(1400, ColorScheme.Light)]
    public Task Every_view_fits_and_can_be_used_by_all(int width, ColorScheme colours) => Viewer.RunAsync(
        chromium, scene,
        async viewer =>
        {
            await FillAsync(viewer);
            await viewer.GoAsync();
            await Expect(viewer.Get("sign-in-form")).ToBeVisibleAsync();
            await LooksRightAsync(viewer, colours);

            await viewer.PasteAsync(viewer.Token);
            await viewer.IsLiveAsync();
            await Expect(viewer.Row("agent-7")).ToBeVisibleAsync();
            await LooksRightAsync(viewer, colours);
            Assert.Equal(width > 640, await viewer.Page.GetByLabel("Keyboard shortcuts").IsVisibleAsync());
            Assert.Empty(await viewer.Page.EvaluateAsync<string[]>(CutChips));
            await StandApartAsync(viewer, ".header", ".tools", "[data-testid='agent-row-agent-1']");
            await StandApartAsync(
                viewer, [.. Enumerable.Range(1, 7).Select(n => $"[data-testid='agent-row-agent-{n}']")]);

            await viewer.OpenAsync("agent-3");
            await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("green");
            await Expect(viewer.Get("timeline-event").First).ToBeVisibleAsync();
            await LooksRightAsync(viewer, colours);
            await StandApartAsync(viewer, ".header", ".detail");
            await StandApartAsync(viewer, ".detail-head", ".detail-bar", "[data-testid='terminal']", ".timeline-box");
            if (width >= 1400)
            {
                await StandApartAsync(viewer, "section.list", ".detail");
            }
            else
            {
                await Expect(viewer.Row("agent-3")).ToBeHiddenAsync();
            }

            viewer.Disconnect();
            await viewer.IsWaitingAsync();
            await Expect(viewer.Get("as-of")).ToBeVisibleAsync();
            await LooksRightAsync(viewer, colours);
            await StandApartAsync(viewer, ".header", ".notices", ".detail");
        },
        options =>
        {
            options.ViewportSize = new() { Width = width, Height = 844 };
            options.ColorScheme = colours;
            // axe's own script is no part of the page.
            options.BypassCSP = true;
            options.ReducedMotion = ReducedMotion.Reduce;
        },
        name: string.Create(
            CultureInfo.InvariantCulture, $"{nameof(Every_view_fits_and_can_be_used_by_all)}-{width}-{colours}"));

    [Fact]
    public Task The_colours_can_be_chosen_and_are_kept() => Viewer.RunAsync(
        chromium, scene,
        async viewer =>
        {
            await viewer.SignInAsync();
            Assert.True(await BrightnessAsync(viewer) < 0.3);
            await viewer.Get("theme").ClickAsync();
            await Expect(viewer.Get("theme")).ToHaveAttributeAsync("data-theme-now", "light");
            Assert.True(await BrightnessAsync(viewer) > 0.7);
            await viewer.Page.ReloadAsync();
            await Expect(viewer.Get("theme")).ToHaveAttributeAsync("data-theme-now", "light");
            Assert.True(await BrightnessAsync(viewer) > 0.7);
        },
        options => options.ColorScheme = ColorScheme.Dark);

    // Long names and texts, every status, a gapless and a wide terminal.
    private static async Task FillAsync(Viewer viewer)
    {
        string[] statuses = ["working", "waiting", "failed", "done", "queued", "stopped", "lost"];
        for (int n = 1; n <= statuses.Length; n++)
        {
            string agent = string.Create(CultureInfo.InvariantCulture, $"agent-{n}");
            string task = $"{agent}-a-task-whose-name-is-rather-long-{n}";
            await viewer.Agents.StatusAsync(
                agent, statuses[n - 1], task, "What it says of itself, at some length, too");
            await viewer.Agents.ProgressAsync(agent, n * 13, task, "Reading src/components/of/a/deep/folder/Router.ts");
            await viewer.Agents.CostAsync(agent, 1234.5);
            await viewer.Agents.SayAsync(agent, new string('x', 300));
            await viewer.Agents.WriteAsync(task, $"\u001b[32mgreen\u001b[0m\r\n{new string('w', 200)}\r\n");
        }
    }

    private static async Task LooksRightAsync(Viewer viewer, ColorScheme colours)
    {
        Assert.Empty(await viewer.Page.EvaluateAsync<string[]>(SticksOut));
        double brightness = await BrightnessAsync(viewer);
        Assert.True(colours == ColorScheme.Dark ? brightness < 0.3 : brightness > 0.7, $"{colours}: {brightness}");
        if (!await viewer.Page.EvaluateAsync<bool>("'axe' in window"))
        {
            await viewer.Page.AddScriptTagAsync(new() { Path = Axe });
        }

        Assert.Empty(await viewer.Page.EvaluateAsync<string[]>(Serious));
    }

    // Of the background, 0 to 1.
    private static async Task<double> BrightnessAsync(Viewer viewer)
    {
        JsonElement colour = (await viewer.Page.EvaluateAsync(
            "getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)"))!.Value;
        return colour.EnumerateArray().Average(part => part.GetDouble()) / 255;
    }

    // All at one moment: between two looks the page may have moved.
    private static async Task StandApartAsync(Viewer viewer, params string[] selectors)
    {
        Box[] boxes = await viewer.Page.EvaluateAsync<Box[]>(
            """
            selectors => selectors.map(selector => {
              const box = document.querySelector(selector)?.getBoundingClientRect();
              return { x: box?.x ?? 0, y: box?.y ?? 0, width: box?.width ?? 0, height: box?.height ?? 0 };
            })
            """, selectors);
        Assert.All(
            boxes.Zip(selectors),
            one => Assert.True(one.First is { Width: > 0, Height: > 0 }, $"{one.Second} is not to be seen."));
        IEnumerable<string> overlapping =
            from a in boxes.Zip(selectors)
            from b in boxes.Zip(selectors)
            where string.CompareOrdinal(a.Second, b.Second) < 0 && Overlap(a.First, b.First)
            select $"{a.Second} and {b.Second}";
        Assert.Empty(overlapping);
    }

    private static bool Overlap(Box a, Box b) =>
        a.X + 1 < b.X + b.Width && b.X + 1 < a.X + a.Width && a.Y + 1 < b.Y + b.Height && b.Y + 1 < a.Y + a.Height;

    private sealed record Box
    {
        public double X { get; set; }

        public double Y { get; set; }

        public double Width { get; set; }

        public double Height { get; set; }
    }
}
