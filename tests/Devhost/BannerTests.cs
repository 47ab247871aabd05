using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>What the devhost prints at start: short, and its lines work as they stand.</summary>
public sealed partial class BannerTests : IAsyncLifetime
{
    private const int LinesMax = 34;
    private const int ColumnsMax = 120;

    private DevhostProcess _devhost = null!;

    public async Task InitializeAsync() => _devhost = await DevhostProcess.StartAsync();

    public async Task DisposeAsync() => await _devhost.DisposeAsync();

    [Fact]
    public async Task Its_lines_publish_watch_and_show_a_terminal()
    {
        string banner = await BannerAsync();
        await using Shell watch = Shell.Start($"{Export(banner)}\n{Command(banner, "Watch events (server-sent")}");
        await Eventually.TrueAsync(
            "the watch is subscribed", () => watch.Output.Contains("\"op\":\"snapshot\""), detail: () => watch.All);

        string published = await Shell.RunAsync($"{Export(banner)}\n{Command(banner, "Publish an event")}");
        Assert.Contains("\"duplicate\":false", published);
        await Eventually.TrueAsync(
            "the event shows up", () => watch.Output.Contains("\"text\":\"Hello\""), detail: () => watch.All);

        string terminal =
            $"{Export(banner)}\n{Command(banner, "See what an agent's terminal").Replace("curl", "curl -s")}";
        string shown = string.Empty;
        await Eventually.TrueAsync(
            "the terminal has output",
            async () => (shown = await Shell.RunAsync(terminal)).Contains("demo-historian"), detail: () => shown);
    }

    // wscat itself comes from the network; what its line says is tried here.
    [Fact]
    public async Task Its_line_for_a_WebSocket_client_has_the_address_and_the_token()
    {
        string banner = await BannerAsync();
        string line = await Shell.RunAsync(
            $"{Export(banner)}\nnpx() {{ printf '%s\\n' \"$@\"; }}\n{Command(banner, "Watch events on a WebSocket")}");

        Assert.Equal(
            [
                "-y", "wscat", "--ca", _devhost.Ca, "-s", "realtime.v1.json",
                "-H", $"Authorization: Bearer {_devhost.Viewer}",
                "-c", $"wss://{new Uri(_devhost.Edge).Authority}/ws/agents?channels=agents,messages",
            ],
            line.TrimEnd().Split('\n'));
    }

    // From the tests' own folder, where the tool is built already.
    [Fact]
    public async Task Its_line_for_the_tool_runs_a_command_whose_terminal_is_seen()
    {
        string banner = await BannerAsync();
        string line = Command(banner, "Run a command whose terminal others see")
            .Replace("dotnet run -c Release --project infra/cli --", $"dotnet {Cli.CliRun.Program}");
        string here = await Shell.RunAsync($"{Export(banner)}\n{line}");
        using HttpClient client = _devhost.CreateClient(_devhost.Viewer);
        string there = await client.GetStringAsync("v1/tasks/mine/terminal?from=start");

        Assert.Contains("total ", here);
        Assert.Equal(here, there.Replace("\r\n", "\n"));
    }

    [Fact]
    public async Task Its_lines_for_operators_show_the_workers()
    {
        string banner = await BannerAsync();
        string lines = Command(banner, "See and steer the workers")
            .Replace("dotnet run -c Release --project infra/cli --", $"dotnet {Cli.CliRun.Program}");
        string workers = await Shell.RunAsync($"{Export(banner)}\n{lines}");

        Assert.Contains("worker-1", workers);
        Assert.Contains("ready", workers);
    }

    [Fact]
    public async Task It_is_short_and_fits_a_terminal()
    {
        string[] lines = (await BannerAsync()).TrimEnd().Split('\n');

        Assert.InRange(lines.Length, 10, LinesMax);
        Assert.DoesNotContain(lines, line =>
            line.Length > ColumnsMax && !line.Contains("export EDGE") && !line.Contains(_devhost.Ca)
            && !line.Contains(_devhost.Viewer));
    }

    // The ready file may be there before all of the output was read.
    private async Task<string> BannerAsync()
    {
        await Eventually.TrueAsync("the banner is printed", () => _devhost.Output.Contains("  log  "));
        return _devhost.Output;
    }

    private static string Export(string banner) => ExportLine().Match(banner).Value.Trim();

    // The lines below a heading, up to the next one.
    private static string Command(string banner, string heading) => Assert.Single(
        Regex.Matches(banner, $@"^{Regex.Escape(heading)}.*:\n(?<lines>(?:  .+\n)+)", RegexOptions.Multiline))
        .Groups["lines"].Value;

    [GeneratedRegex("^  export EDGE=.*$", RegexOptions.Multiline)]
    private static partial Regex ExportLine();
}
