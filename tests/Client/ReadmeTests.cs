using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>The SDK's README: its example is what is compiled here, and does against a real edge what it says.</summary>
public sealed partial class ReadmeTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    [Fact]
    public void The_example_is_the_one_that_is_compiled()
    {
        string shown = Fence().Match(RepositoryRoot.Read("shared/Client/README.md")).Groups["lines"].Value;
        string compiled = Example().Match(RepositoryRoot.Read("tests/Client/ReadmeSample.cs")).Groups["lines"].Value;

        Assert.NotEmpty(Lines(shown));
        Assert.Equal(Lines(shown), Lines(compiled));
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

    private static string[] Lines(string text) =>
        [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("^```csharp\n(?<lines>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("// <example>\n(?<lines>.*?)// </example>", RegexOptions.Singleline)]
    private static partial Regex Example();
}
