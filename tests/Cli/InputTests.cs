using System.Globalization;
using System.Text;
using Realtime.Tests.Client;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>Input that waits, and text of others that is shown.</summary>
public sealed class InputTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Publishing_from_a_silent_input_ends_at_the_first_signal()
    {
        await using CliRun run = _scene.Start("publish", "--file", "-");
        await run.Input.WriteAsync("""{"channel":"tasks","type":"a","payload":1} """u8.ToArray());
        await run.Input.FlushAsync();
        await Eventually.TrueAsync("the first is stored", () => run.Output.EndsWith('\n'), detail: () => run.Errors);
        Signals.Terminate(run.Pid);

        Assert.Equal(143, await run.ExitAsync());
    }

    // node, ssh and make share such descriptors: a read of them does not wait by itself.
    [Fact]
    public async Task An_input_that_does_not_wait_is_not_asked_again_and_again()
    {
        await using CliRun run = _scene.StartScript(
            "exec perl -e 'use Fcntl; fcntl(STDIN, F_SETFL, O_NONBLOCK); exec @ARGV' $RT pipe --task t");
        await run.Input.WriteAsync("begun"u8.ToArray());
        await run.Input.FlushAsync();
        await Eventually.TrueAsync("it is sent", async () => await _scene.TextAsync("t") == "begun");
        long before = ReadsOf(run.Pid);
        await _scene.RunAsync("watch", "--task", "nobody");
        long after = ReadsOf(run.Pid);
        run.Input.Close();

        Assert.Equal(0, await run.ExitAsync());
        Assert.InRange(after - before, 0, 5000);
    }

    [Fact]
    public async Task What_the_server_says_can_t_command_the_terminal()
    {
        await using ScriptedEdge edge = await ScriptedEdge.StartAsync();
        edge.Always = new ScriptedAnswer(
            403,
            """
            {"code":"forbidden","detail":"\u001b]0;owned\u0007\u001b[2J\u009b1m\u202eno\u007f","retry":false}
            """);
        _scene.Environment["REALTIME_URL"] = edge.Options.Url.ToString();
        await using CliRun run = await _scene.RunAsync("publish", "--channel", "tasks", "--type", "a", "--agent", "a1");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(@"\u001b]0;owned\u0007", run.Errors);
        Assert.DoesNotContain(
            run.Errors.TrimEnd('\n'), character => char.IsControl(character) || character == '\u202e');
    }

    [Fact]
    public async Task What_producers_say_can_t_turn_a_table_around()
    {
        const string Hidden = "\u202e\u2066\u009b\u007f";
        using HttpClient client = _scene.CreateClient();
        using var hostile = new StringContent(
            """{"channel":"tasks","type":"a","agent":"a1","payload":{"text":"one""" + Hidden + "\"}}",
            Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("v1/events", hostile);
        answer.EnsureSuccessStatusCode();
        await using CliRun run = await _scene.RunAsync("tail", "--last", "1", "--no-follow");

        Assert.Contains(@"one\u202e\u2066\u009b\u007f", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(run.Output, character => Hidden.Contains(character));
    }

    private static long ReadsOf(int pid) => long.Parse(
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/io"))
            .Single(line => line.StartsWith("syscr: ", StringComparison.Ordinal))["syscr: ".Length..],
        CultureInfo.InvariantCulture);
}
