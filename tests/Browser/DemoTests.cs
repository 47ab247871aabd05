using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>What a newcomer sees: a running devhost, its demo agents, the link that it prints.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DemoTests(Chromium chromium, DemoDevhost devhost) : IClassFixture<DemoDevhost>
{
    private const string WriteVariable = "REALTIME_WRITE_SCREENSHOTS";
    private const int PictureBytesMax = 300_000;
    private const int PictureColoursMin = 200;
    private const float PatienceMs = 60_000;

    private static readonly string[] Agents =
        ["demo-builder", "demo-coder", "demo-historian", "demo-releaser", "demo-surveyor"];

    // How many colours the text of the terminal has.
    private const string TextColours =
        """
        () => new Set([...document.querySelectorAll('.xterm-rows span')]
          .filter(cell => cell.textContent.trim() !== '').map(cell => getComputedStyle(cell).color)).size
        """;

    // How many colours a picture has; its size must be as said.
    private const string PictureColours =
        """
        async (base64) => {
          const image = new Image();
          image.src = `data:image/png;base64,${base64}`;
          await image.decode();
          if (image.width !== 1280 || image.height !== 800) return 0;
          const context = new OffscreenCanvas(1280, 800).getContext('2d');
          context.drawImage(image, 0, 0);
          return new Set(new Uint32Array(context.getImageData(0, 0, 1280, 800).data.buffer)).size;
        }
        """;

    [Fact]
    public Task The_link_leads_to_five_agents_at_work() => chromium.RunAsync(async page =>
    {
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        await OpenAsync(page);
        foreach (string agent in Agents)
        {
            await Expect(page.GetByTestId($"agent-row-{agent}")).ToBeVisibleAsync();
        }

        ILocator status = page.GetByTestId("agent-row-demo-releaser").GetByTestId("status");
        string now = (await status.GetAttributeAsync("data-status"))!;
        await Expect(status).Not.ToHaveAttributeAsync("data-status", now, new() { Timeout = PatienceMs });

        await page.GetByTestId("agent-row-demo-coder").ClickAsync();
        await HasColoursAsync(page);
        await Expect(page.GetByTestId("timeline").Locator("[data-type='task.started']").First).ToBeVisibleAsync();
        Assert.Empty(errors);
    });

    [Fact]
    public Task It_makes_the_pictures_of_the_README() => chromium.RunAsync(
        async page =>
        {
            await OpenAsync(page);
            await page.GetByTestId("agent-row-demo-coder").ClickAsync();

            // The moment at which there is most to see: one waits for a person, another one's tests have failed.
            await Expect(page.GetByTestId("agent-row-demo-releaser").GetByTestId("status"))
                .ToHaveAttributeAsync("data-status", "waiting", new() { Timeout = PatienceMs });
            await HasColoursAsync(page);
            await PictureAsync(page, ColorScheme.Dark, "viewer-dark.png");
            await PictureAsync(page, ColorScheme.Light, "viewer-light.png");
        },
        options =>
        {
            options.ViewportSize = new() { Width = 1280, Height = 800 };
            options.DeviceScaleFactor = 1;
        });

    // In the source tree only where it is asked for: it is never the same twice.
    private static async Task PictureAsync(IPage page, ColorScheme colours, string name)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = colours });
        byte[] picture = await page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
        await using IBrowserContext other = await page.Context.Browser!.NewContextAsync();
        IPage canvas = await other.NewPageAsync();
        int pictureColours = await canvas.EvaluateAsync<int>(PictureColours, Convert.ToBase64String(picture));
        Assert.InRange(pictureColours, PictureColoursMin, int.MaxValue);
        Assert.InRange(picture.Length, 1, PictureBytesMax);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "infra", "pictures", name), picture);
        }
    }

    private async Task OpenAsync(IPage page)
    {
        await page.GotoAsync(devhost.Link);
        await Expect(page.GetByTestId("connection-state"))
            .ToHaveAttributeAsync("data-state", "live", new() { Timeout = 15_000 });
        await Expect(page.GetByTestId("agent-row-demo-releaser")).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    private static Task HasColoursAsync(IPage page) => Eventually.TrueAsync(
        "the terminal has text in several colours",
        async () => await page.EvaluateAsync<int>(TextColours) > 2, TimeSpan.FromSeconds(60));
}
