using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Realtime.Client;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>
/// The SDK's README: its examples are what is compiled here, and do against a real edge what they say.
/// </summary>
public sealed partial class ReadmeTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    [Fact]
    public void The_examples_are_those_that_are_compiled()
    {
        string[] shown = BlocksOf(Fence(), "shared/Client/README.md");
        string[] compiled = BlocksOf(Example(), "tests/Client/ReadmeSample.cs");

        Assert.Equal(4, shown.Length);
        Assert.Equal(shown, compiled);
    }

    [Fact]
    public void The_lines_that_install_pack_every_project_that_the_package_needs()
    {
        string readme = RepositoryRoot.Read("shared/Client/README.md");
        string[] needed =
        [
            "Client", .. XDocument.Parse(RepositoryRoot.Read("shared/Client/Realtime.Client.csproj"))
                .Descendants("ProjectReference")
                .Select(reference => reference.Attribute("Include")!.Value.Split('/')[1]),
        ];

        Assert.Equal(["Client", "Protocol"], needed);
        Assert.All(needed, project => Assert.Contains(
            $"    dotnet pack shared/{project} -c Release -o packages\n", readme, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_example_misses_nothing_of_what_it_starts()
    {
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = shared.System.Edge(),
            Token = FixedToken.Of(shared.System.Token("read:* publish:*", shared.NewTenant())),
            TrustedCertificate = shared.System.Certificate,
        });
        var console = new SampleConsole("t1 task.started");

        await Assert.ThrowsAsync<SampleConsole.SampleEndedException>(
            () => ReadmeSample.StartAndWatchAsync(client, console).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task The_third_example_publishes_and_writes_to_a_terminal()
    {
        string tenant = shared.NewTenant();
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = shared.System.Edge(),
            Token = FixedToken.Of(shared.System.Token("read:* publish:*", tenant)),
            TrustedCertificate = shared.System.Certificate,
        });

        await ReadmeSample.PublishAsync(client);

        LatestPage latest = await client.ReadLatestAsync();
        Assert.Contains(latest.Events, published => published is { Agent: "a1", Type: "agent.status" }
            && published.Payload.GetRawText() == """{"status":"working"}""");
        TerminalContent terminal = await client.ReadTerminalAsync("t1");
        Assert.Equal("building...\n", Encoding.UTF8.GetString(terminal.Data.Span));
        Assert.Equal(0, terminal.ExitCode);
    }

    [Fact]
    public async Task The_example_of_a_producer_leases_and_gives_back()
    {
        string tenant = shared.NewTenant();
        var options = new RealtimeClientOptions
        {
            Url = shared.System.Edge(),
            Token = FixedToken.Of(shared.System.Token("read:* publish:*", tenant)),
            TrustedCertificate = shared.System.Certificate,
        };

        await ReadmeSample.ProduceAsync(options);

        await using var client = new RealtimeClient(options with { Producer = new ProducerOptions { Id = "other" } });
        TerminalContent terminal = await client.ReadTerminalAsync("t2");
        Assert.Equal("building...\n", Encoding.UTF8.GetString(terminal.Data.Span));
        Assert.Equal(0, terminal.ExitCode);

        // Not refused by a lease that lives on: it has ended.
        var ended = await Assert.ThrowsAsync<RealtimeException>(() => client.LeaseTaskAsync("t2"));
        Assert.Equal("ended", ended.Code);
    }

    [Fact]
    public async Task The_example_shows_values_and_what_follows_them()
    {
        string tenant = shared.NewTenant();
        using var producer = new WatchFixture(shared.System, tenant);
        await producer.PublishAsync("a1", message => message["state_key"] = "agent:a1:status");
        var console = new SampleConsole("a2 agent.status {\"status\":\"done\"}");
        Task running = ReadmeSample.RunAsync(
            shared.System.Edge(), shared.System.Certificate, shared.System.Token("read:*", tenant), console);

        await Eventually.TrueAsync("the value is shown", () => console.Lines.Count > 0 || running.IsCompleted);
        await producer.PublishAsync("b1");
        await producer.PublishAsync("a2", message => message["payload"] = new JsonObject { ["status"] = "done" });

        await Assert.ThrowsAsync<SampleConsole.SampleEndedException>(() => running.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(["a1 agent.status 1", "a2 agent.status {\"status\":\"done\"}"], console.Lines);
    }

    private static string[] BlocksOf(Regex blocks, string file) =>
    [
        .. blocks.Matches(RepositoryRoot.Read(file))
            .Select(match => string.Join('\n', Lines(match.Groups["lines"].Value))),
    ];

    private static string[] Lines(string text) =>
        [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("^```csharp\n(?<lines>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("// <example>\n(?<lines>.*?)// </example>", RegexOptions.Singleline)]
    private static partial Regex Example();
}
