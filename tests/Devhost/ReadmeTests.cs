using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>
/// Walks the README's marked shell lines, as they stand there, against a running devhost: the README stays true.
/// </summary>
public sealed partial class ReadmeTests(DevhostFixture fixture) : IClassFixture<DevhostFixture>
{
    private static readonly TimeSpan LineMax = TimeSpan.FromSeconds(30);

    // npm's registry is asked.
    private static readonly TimeSpan BuildMax = TimeSpan.FromMinutes(3);

    private readonly DevhostProcess _devhost = fixture.Devhost;

    [Fact]
    public async Task Published_events_show_up_in_a_watch_and_in_the_history()
    {
        var seen = new StringBuilder();
        using Process watch = Start(Block("watch"));
        watch.OutputDataReceived += (_, line) => Append(seen, line.Data);
        watch.BeginOutputReadLine();
        await Eventually.TrueAsync(
            "the watch is subscribed", () => Text(seen).Contains("\"op\":\"snapshot\""), LineMax, () => Text(seen));

        string published = await RunAsync(Block("publish"));
        await Eventually.TrueAsync(
            "the event shows up", () => Text(seen).Contains("\"payload\":{\"status\":\"working\"}"), LineMax,
            () => Text(seen));
        watch.Kill(entireProcessTree: true);
        string history = await RunAsync(Block("history"));

        Assert.Contains("\"duplicate\":false", published);
        Assert.Contains("\"events\":[{\"op\":\"event\"", history);
        Assert.Contains("\"agent:a1:status\"", history);
    }

    [Fact]
    public async Task The_TypeScript_SDK_is_built_and_watches()
    {
        // In a copy: other tests use what is built in the source tree.
        using var clone = new TemporaryClone("shared/client-js");
        await SeesWhatIsPublishedAsync(Block("typescript"), clone.Path, "a1 agent.status { status: 'working' }");
    }

    [Fact]
    public Task The_CSharp_SDK_is_built_and_watches() =>
        SeesWhatIsPublishedAsync(Block("csharp"), Repository.Root, "a1 agent.status {\"status\":\"working\"}");

    [Fact]
    public async Task A_terminal_is_written_ended_and_read()
    {
        string output = await RunAsync(Block("terminal"));

        Assert.Contains("\"exit_code\":0", output);
        Assert.EndsWith("building...\ndone\n", output);
    }

    [Fact]
    public async Task The_tool_is_built_runs_a_command_and_shows_its_terminal()
    {
        string output = await RunAsync(Block("tool"), BuildMax);

        Assert.Equal(2, output.Split("README.md").Length - 1);
    }

    [Fact]
    public async Task A_worker_leaves_service_and_comes_back()
    {
        string output = await RunAsync(Block("operate"), BuildMax);

        Assert.Contains("worker-2", output);
        Assert.Contains("drained", output);
        Assert.Contains("ready", output[output.LastIndexOf("drained", StringComparison.Ordinal)..]);
    }

    [Fact]
    public async Task The_line_for_a_WebSocket_client_connects()
    {
        // wscat itself comes from the network; what its line says is tried here: address, subprotocol, token and
        // certificate.
        string line = await RunAsync($"npx() {{ printf '%s\\n' \"$@\"; }}\n{Block("socket")}");
        string[] arguments = line.Split('\n');
        string After(string option) => arguments[Array.IndexOf(arguments, option) + 1];

        Assert.Equal(_devhost.Ca, After("--ca"));
        Assert.Equal("realtime.v1.json", After("-s"));
        Assert.Equal($"Authorization: Bearer {_devhost.Viewer}", After("-H"));
        using var trusted =
            System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(After("--ca"));
        using var socket = new EndToEnd.TestConnection(trusted, After("-H")["Authorization: Bearer ".Length..]);
        using var patience = new CancellationTokenSource(LineMax);
        await socket.ConnectAsync(new Uri(After("-c")), patience.Token);
        using System.Text.Json.JsonDocument? welcome = await socket.ReceiveAsync(patience.Token);
        Assert.Equal("welcome", welcome!.RootElement.GetProperty("op").GetString());
    }

    [Fact]
    public void Every_link_to_a_file_leads_somewhere()
    {
        IEnumerable<string> broken = FileLink().Matches(Readme())
            .Select(match => match.Groups["path"].Value)
            .Where(path => !path.Contains("://") && !Path.Exists(Path.Combine(Repository.Root, path)));

        Assert.Empty(broken);
    }

    private async Task SeesWhatIsPublishedAsync(string lines, string directory, string line)
    {
        var seen = new StringBuilder();
        using Process watch = Start(lines, directory);
        watch.OutputDataReceived += (_, line) => Append(seen, line.Data);
        watch.ErrorDataReceived += (_, line) => Append(seen, line.Data);
        watch.BeginOutputReadLine();
        watch.BeginErrorReadLine();

        await RunAsync(Block("publish"));
        await Eventually.TrueAsync(
            "the event shows up", () => Text(seen).Contains(line), BuildMax, () => Text(seen));
        watch.Kill(entireProcessTree: true);
        await watch.WaitForExitAsync();
    }

    private static string Readme() => File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    private static string Block(string name) =>
        Assert.Single(MarkedBlock().Matches(Readme()), match => match.Groups["name"].Value == name)
            .Groups["lines"].Value;

    private async Task<string> RunAsync(string lines, TimeSpan? within = null)
    {
        using Process shell = Start($"set -e -o pipefail\n{lines}");
        using var patience = new CancellationTokenSource(within ?? LineMax);
        Task<string> errors = shell.StandardError.ReadToEndAsync(patience.Token);
        string output = await shell.StandardOutput.ReadToEndAsync(patience.Token);
        await shell.WaitForExitAsync(patience.Token);
        Assert.True(shell.ExitCode == 0, $"Exit code {shell.ExitCode}: {lines}\n{output}\n{await errors}");
        return output;
    }

    // With the names that the devhost's banner exports.
    private Process Start(string lines, string? directory = null)
    {
        var start = new ProcessStartInfo("bash", ["-c", lines])
        {
            WorkingDirectory = directory ?? Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["EDGE"] = _devhost.Edge;
        start.Environment["CA"] = _devhost.Ca;
        start.Environment["VIEWER"] = _devhost.Viewer;
        start.Environment["PUBLISHER"] = _devhost.Publisher;
        start.Environment["REALTIME_ADMIN"] = _devhost.Admin;
        start.Environment["REALTIME_ADMIN_TOKEN"] = _devhost.AdminToken;
        return Process.Start(start)!;
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [GeneratedRegex(@"<!-- walked by ReadmeTests: (?<name>\w+) -->\n```sh\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex MarkedBlock();

    [GeneratedRegex(@"(\]\(|src=""|srcset="")(?<path>[^)#""]+)")]
    private static partial Regex FileLink();
}
