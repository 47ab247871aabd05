using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using Realtime.Tests.Support;

namespace Realtime.Tests.Browser.Support;

/// <summary>One test's pages: what they log, what fails in them, and what is kept of them if the test fails.</summary>
internal sealed class BrowserSession
{
    private const float StepMaxMs = 15_000;

    private readonly ConcurrentQueue<string> _console = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly IBrowserContext _context;
    private readonly string _name;

    public BrowserSession(IBrowserContext context, string name)
    {
        _context = context;
        _name = name;
        context.SetDefaultTimeout(StepMaxMs);
        context.Console += (_, message) => OnConsole(message);
        context.WebError += (_, error) => _failures.Enqueue(error.Error);
    }

    /// <summary>Where a failed test's pictures and console go.</summary>
    public static string DirectoryOf(string name) => Path.Combine(Repository.Root, "artifacts", "browser", name);

    /// <summary>Runs it on a first page; see <see cref="Chromium.RunAsync"/>.</summary>
    public async Task RunAsync(Func<IPage, Task> test)
    {
        try
        {
            await test(await _context.NewPageAsync());
            Assert.True(_failures.IsEmpty, $"The page failed:\n{string.Join('\n', _failures)}");
        }
        catch
        {
            await KeepAsync();
            throw;
        }
    }

    // A refused connection is told as an error too, and is what some tests are about.
    private void OnConsole(IConsoleMessage message)
    {
        _console.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
        {
            _failures.Enqueue(message.Text);
        }
    }

    private async Task KeepAsync()
    {
        string directory = DirectoryOf(_name);
        Directory.CreateDirectory(directory);
        IEnumerable<string> lines = _console.Concat(_failures.Select(failure => $"failure: {failure}"));
        await File.WriteAllLinesAsync(Path.Combine(directory, "console.txt"), lines);
        int number = 1;
        foreach (IPage page in _context.Pages)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"page-{number++}.png");
            try
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(directory, file) });
            }
            catch (PlaywrightException)
            {
                // A page that crashed or hangs has no picture; the test's own failure is the one to be told.
            }
        }
    }
}
