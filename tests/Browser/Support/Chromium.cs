using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Realtime.Tests.Browser.Support;

/// <summary>
/// The machine's Chromium, started once for all browser tests. Each test has a context of its own: no cookies, storage
/// or cache of another.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    // Nothing that talks to hosts of its maker, nothing that needs what a container lacks.
    private static readonly string[] Flags =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
        // Else a page of another origin has to ask the user before it may reach this machine.
        "--disable-features=LocalNetworkAccessChecks",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Find(),
            Headless = true,
            ChromiumSandbox = false,
            Args = Flags,
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>
    /// Runs a test on a page of its own. It fails, too, if a script of the page failed or something was against the
    /// page's Content-Security-Policy. What was to be seen then is kept in <c>artifacts/browser</c>.
    /// </summary>
    /// <param name="test">The test.</param>
    /// <param name="configure">Size, colours and the like; certificates need not be trusted.</param>
    /// <param name="file">The caller's file; leave it out.</param>
    /// <param name="name">The caller's name; leave it out.</param>
    public async Task RunAsync(
        Func<IPage, Task> test, Action<BrowserNewContextOptions>? configure = null,
        [CallerFilePath] string file = "", [CallerMemberName] string name = "")
    {
        await using IBrowserContext context = await NewContextAsync(configure);
        var session = new BrowserSession(context, $"{Path.GetFileNameWithoutExtension(file)}.{name}");
        await session.RunAsync(test);
    }

    /// <summary>A context of its own that trusts every certificate; the caller disposes of it.</summary>
    internal Task<IBrowserContext> NewContextAsync(Action<BrowserNewContextOptions>? configure = null)
    {
        var options = new BrowserNewContextOptions { IgnoreHTTPSErrors = true };
        configure?.Invoke(options);
        return _browser!.NewContextAsync(options);
    }

    private static string Find()
    {
        IEnumerable<string> found =
            from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            from name in Names
            let path = Path.Combine(folder, name)
            where File.Exists(path)
            select path;
        return found.FirstOrDefault() ?? throw new InvalidOperationException(
            $"The browser tests need one of {string.Join(", ", Names)} on the PATH: apt-get install chromium.");
    }
}
