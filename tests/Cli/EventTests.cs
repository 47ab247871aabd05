using System.Text;
using System.Text.Json;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime publish</c> and <c>realtime tail</c>.</summary>
public sealed class EventTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private static readonly string[] Hello =
    [
        "publish", "--channel", "messages", "--type", "agent.message", "--agent", "a1", "--payload",
        """{"text":"Hello"}""",
    ];

    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task What_is_published_is_tailed_also_after_a_cut()
    {
        await using CliRun tail = _scene.Start("tail", "--agent", "a*", "--json", "--count", "3", "--snapshot");
        await Eventually.TrueAsync("it is connected", () => _scene.Proxy.Connections > 0);
        await PublishUntilSeenAsync(tail);
        _scene.Proxy.Cut();
        await Eventually.TrueAsync("it is connected again", () => tail.Errors.Contains("connected again"));
        await _scene.RunAsync("publish", "--channel", "agents", "--type", "other", "--agent", "b1");
        await _scene.RunAsync(Hello);
        await _scene.RunAsync(Hello);

        Assert.Equal(0, await tail.ExitAsync());
        JsonElement[] events = Lines(tail);
        Assert.Equal(3, events.Length);
        Assert.All(events, one => Assert.Equal("a1", one.GetProperty("agent").GetString()));
        Assert.Equal("Hello", events[2].GetProperty("payload").GetProperty("text").GetString());
        Assert.Equal("messages", events[2].GetProperty("channel").GetString());
    }

    [Fact]
    public async Task The_last_ones_come_first_to_last()
    {
        string events = string.Concat(Enumerable.Range(1, 30).Select(
            n => $$$"""{"channel":"tasks","type":"step","task":"t1","payload":{"n":{{{n}}}}}""" + "\n"));
        await using CliRun published = await _scene.RunAsync(Encoding.UTF8.GetBytes(events), "publish", "--file", "-");
        await using CliRun json = await _scene.RunAsync("tail", "--last", "5", "--no-follow", "--json");
        await using CliRun table = await _scene.RunAsync("tail", "--last", "2", "--no-follow", "--task", "t*");

        Assert.True(published.ExitCode == 0, published.Errors);
        Assert.Equal(30, published.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            [26, 27, 28, 29, 30], Lines(json).Select(one => one.GetProperty("payload").GetProperty("n").GetInt32()));
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3}  step +-  +t1 +\{""n"":29\}\n.*\{""n"":30\}\n$", table.Output);
    }

    [Fact]
    public async Task A_key_makes_it_harmless_to_publish_again()
    {
        byte[] events = Encoding.UTF8.GetBytes(
            """[{"channel":"tasks","type":"a","payload":1},{"channel":"tasks","type":"b","payload":2}]""");
        await using CliRun first = await _scene.RunAsync(events, "publish", "--file", "-", "--key", "import");
        await using CliRun again = await _scene.RunAsync(events, "publish", "--file", "-", "--key", "import");
        await using CliRun one = await _scene.RunAsync([.. Hello, "--key", "k1"]);
        await using CliRun two = await _scene.RunAsync([.. Hello, "--key", "k1"]);
        await using CliRun tail = await _scene.RunAsync("tail", "--last", "100", "--no-follow", "--json");

        Assert.Equal(first.Output.Replace("\n", " (stored before)\n"), again.Output);
        Assert.Equal(one.Output.Replace("\n", " (stored before)\n"), two.Output);
        Assert.Equal(3, Lines(tail).Length);
    }

    [Theory]
    [InlineData("""{"channel":"tasks","type":"a","payload":1} {"channel":"nope","type":"a","payload":1}""", "Event 2")]
    [InlineData("""{"type":"a","payload":1}""", "channel is missing")]
    [InlineData("""{"channel":"tasks","type":"a"}""", "payload is missing")]
    [InlineData("""{"channel":"tasks","type":"a","payload":""", "Event 1")]
    [InlineData("7", "no object")]
    public async Task What_is_wrong_with_the_input_is_told_with_its_number(string input, string expected)
    {
        await using CliRun run = await _scene.RunAsync(Encoding.UTF8.GetBytes(input), "publish", "--file", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Errors);
    }

    // More than one read and one batch: places are those of the file, not of what was read last.
    [Theory]
    [InlineData("""{"channel":"tasks" "type":"a","payload":1}""", "line 2501, byte 20")]
    [InlineData("""{"channel":"tasks","type":"a","payload":1,}""", "line 2501, byte 43")]
    [InlineData("""{"channel":"tasks","type":"é\x"}""", "line 2501, byte")]
    [InlineData("""{"channel":"tasks","type":"a"}""", "line 2501: payload is missing")]
    [InlineData("""{"channel":"tasks","type":7,"payload":1}""", "line 2501: type must be a text")]
    [InlineData("""{"channel":"tasks","type":"a","payload":1,"ts":-1}""", "line 2501: ts must be")]
    public async Task Events_before_a_wrong_one_are_published_and_its_place_is_told(string wrong, string place)
    {
        string good = string.Concat(Enumerable.Range(1, 2500).Select(
            n => $$"""{"channel":"tasks","type":"step","payload":{{n}}}""" + "\n"));
        await using CliRun run = await _scene.RunAsync(
            Encoding.UTF8.GetBytes($"{good}{wrong}\n{good}"), "publish", "--file", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(2500, run.Output.Count(character => character == '\n'));
        Assert.Contains("Event 2501 of the input", run.Errors);
        Assert.Contains(place, run.Errors);
        Assert.DoesNotContain("..", run.Errors);
    }

    [Theory]
    [InlineData("--agent", "a1", "one three")]
    [InlineData("--agent", "a*", "one two three")]
    [InlineData("--agent", "a1,a2", "one two three")]
    [InlineData("--task", "t2", "two")]
    [InlineData("--project", "p*", "three")]
    [InlineData("--type", "one", "one")]
    [InlineData("--channel", "tasks", "four")]
    [InlineData("--channel", "tasks,agents", "one two three four")]
    public async Task Filters_choose(string option, string value, string expected)
    {
        const string Events =
            """
            [
              {"channel":"agents","type":"one","agent":"a1","payload":1},
              {"channel":"agents","type":"two","agent":"a2","task":"t2","payload":1},
              {"channel":"agents","type":"three","agent":"a1","project":"p1","payload":1},
              {"channel":"tasks","type":"four","agent":"b1","payload":1}
            ]
            """;
        using HttpClient client = _scene.CreateClient();
        using HttpResponseMessage published = await client.PostAsync(
            "v1/events", new StringContent(Events, Encoding.UTF8, "application/json"));
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        await using CliRun run = await _scene.RunAsync("tail", "--last", "9", "--no-follow", "--json", option, value);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            expected.Split(' ').Order(), Lines(run).Select(one => one.GetProperty("type").GetString()!).Order());
    }

    // A filter that lets everything through because a variable was empty would be a bad surprise.
    [Theory]
    [InlineData("--agent", "")]
    [InlineData("--agent", ",")]
    [InlineData("--task", "*a")]
    [InlineData("--project", "a b")]
    [InlineData("--type", "a,,-")]
    public async Task Wrong_filters_are_told_at_once(string option, string value)
    {
        await using CliRun run = await _scene.RunAsync("tail", "--last", "1", "--no-follow", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{option} must be", run.Errors);
    }

    [Fact]
    public async Task What_the_server_refuses_is_told()
    {
        await using CliRun wrong = await _scene.RunAsync("publish", "--channel", "tasks", "--type", "not a name");
        _scene.Environment["REALTIME_TOKEN"] = _scene.Token("read:*");
        await using CliRun forbidden = await _scene.RunAsync(Hello);

        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("type", wrong.Errors);
        Assert.Equal(3, forbidden.ExitCode);
        Assert.Contains("forbidden", forbidden.Errors);
    }

    [Fact]
    public async Task Lines_are_published_as_they_come()
    {
        await using CliRun run = _scene.Start("publish", "--file", "-");
        await run.Input.WriteAsync("""{"channel":"tasks","type":"a","payload":1}"""u8.ToArray());
        await run.Input.WriteAsync("\n"u8.ToArray());
        await run.Input.FlushAsync();

        await Eventually.TrueAsync("the first is stored", () => run.Output.EndsWith('\n'), detail: () => run.Errors);
        await run.Input.WriteAsync("""{"channel":"tasks","type":"b","payload":1}"""u8.ToArray());
        run.Input.Close();
        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(2, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_token_that_the_tool_makes_is_accepted()
    {
        _scene.Environment["REALTIME_SIGNING_KEY"] = _scene.SigningKey;
        await using CliRun token = await _scene.RunAsync("token", "--scope", "publish:*", "--tenant", "acme");
        _scene.Environment["REALTIME_TOKEN"] = token.Output.Trim();
        await using CliRun run = await _scene.RunAsync(Hello);
        _scene.Environment["REALTIME_SIGNING_KEY"] = "short";
        await using CliRun refused = await _scene.RunAsync("token");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(2, refused.ExitCode);
        Assert.DoesNotContain("short", refused.Errors);
    }

    // A tail begins at the live end: the first ones may be before it.
    private async Task PublishUntilSeenAsync(CliRun tail)
    {
        await Eventually.TrueAsync(
            "an event is seen",
            async () =>
            {
                await _scene.RunAsync(Hello);
                return tail.Output.Length > 0;
            },
            TimeSpan.FromSeconds(20), () => tail.Errors);
    }

    private static JsonElement[] Lines(CliRun run) =>
        [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
}
