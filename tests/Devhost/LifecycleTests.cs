using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>How the devhost ends, and how it refuses to start.</summary>
public class LifecycleTests
{
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task SIGTERM_ends_it_within_5_s_with_code_0_while_viewers_watch()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync("--no-demo");
        using HttpClient viewer = devhost.CreateClient(devhost.Viewer);
        using HttpResponseMessage events =
            await viewer.GetAsync("sse/agents", HttpCompletionOption.ResponseHeadersRead);
        events.EnsureSuccessStatusCode();
        using X509Certificate2 trusted = X509CertificateLoader.LoadCertificateFromFile(devhost.Ca);
        using var socket = new TestConnection(trusted, devhost.Viewer);
        await socket.ConnectAsync(
            new Uri(devhost.Edge.Replace("https:", "wss:", StringComparison.Ordinal) + "/ws/agents?channels=agents"),
            CancellationToken.None);

        TimeSpan took = await devhost.TerminateAsync();

        Assert.Equal(0, await devhost.WaitForExitAsync());
        Assert.True(took < EndMax, $"It took {took.TotalSeconds:0.0} s.");
        Assert.False(File.Exists(devhost.ReadyFile));
    }

    [Fact]
    public async Task SIGTERM_leaves_no_process_of_the_demo_behind()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync();
        IReadOnlyList<int> children = [];
        await Eventually.TrueAsync(
            "a demo program runs", () => (children = Signals.DescendantsOf(devhost.Pid)).Count > 0);

        TimeSpan took = await devhost.TerminateAsync();

        Assert.Equal(0, await devhost.WaitForExitAsync());
        Assert.True(took < EndMax, $"It took {took.TotalSeconds:0.0} s.");
        await Eventually.TrueAsync("all of them have ended", () => !children.Any(Signals.IsAlive), EndMax);
    }

    [Fact]
    public async Task A_taken_port_is_told_with_the_option_to_change()
    {
        await using DevhostProcess first = await DevhostProcess.StartAsync("--no-demo");
        string port = new Uri(first.Edge).Port.ToString(CultureInfo.InvariantCulture);

        await using DevhostProcess second = DevhostProcess.Launch("--port", port, "--admin-port", "0", "--no-demo");

        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.Contains($"Port {port} is taken", second.Errors);
        Assert.Contains("--port", second.Errors);
        Assert.False(File.Exists(second.ReadyFile));
    }

    [Fact]
    public async Task Bad_options_are_all_told_at_once()
    {
        await using DevhostProcess devhost = DevhostProcess.Launch(
            "--workers", "0", "--port", "70000", "--redis", "nonsense", "--surprise");

        Assert.NotEqual(0, await devhost.WaitForExitAsync());
        string told = devhost.Errors;
        Assert.Contains("--workers must be 1 to 16", told);
        Assert.Contains("--port must be 0 to 65535", told);
        Assert.Contains("HOST:PORT", told);
        Assert.Contains("--surprise", told);
        Assert.EndsWith("--help tells the options.", told.TrimEnd());
        Assert.DoesNotContain("Examples", devhost.Output);
    }

    [Fact]
    public async Task Help_shows_the_options_and_examples()
    {
        await using DevhostProcess devhost = DevhostProcess.Launch("--help");

        Assert.Equal(0, await devhost.WaitForExitAsync());
        foreach (string option in (ReadOnlySpan<string>)
            ["--port", "--admin-port", "--workers", "--redis", "--no-demo", "--ready-file", "Examples:"])
        {
            Assert.Contains(option, devhost.Output);
        }
    }
}
