using System.Text;

namespace Realtime.Tests.Cli;

/// <summary>What is secret is in no message, however wrong it is, and in no list of processes.</summary>
public sealed class SecretTests
{
    private const string Secret = "hunter2";

    [Theory]
    [InlineData("REALTIME_TOKEN", "hunter2 hunter2")]
    [InlineData("REALTIME_TOKEN", "hunter2\nhunter2")]
    [InlineData("REALTIME_TOKEN", "é-hunter2")]
    [InlineData("REALTIME_URL", "https://me:hunter2@127.0.0.1:1")]
    [InlineData("REALTIME_URL", "https://127.0.0.1:1/?access_token=hunter2")]
    [InlineData("REALTIME_URL", "https://127.0.0.1:1/#hunter2")]
    [InlineData("REALTIME_URL", "me:hunter2@127.0.0.1:1")]
    [InlineData("REALTIME_URL", "//me:hunter2@127.0.0.1:1")]
    public async Task Settings_that_are_wrong_are_not_repeated(string name, string value)
    {
        var environment = new Dictionary<string, string>
        {
            ["REALTIME_URL"] = "https://127.0.0.1:1",
            ["REALTIME_TOKEN"] = "a.b.c",
            [name] = value,
        };
        (string Command, int Code)[] commands =
        [
            ("tail --verbose --connect-timeout 1ms", 2), ("pipe --verbose --task t", 2),
            ("exec --verbose --task t -- true", 125),
        ];
        foreach ((string command, int code) in commands)
        {
            await using CliRun run = await CliRun.RunAsync(environment, null, command.Split(' '));

            Assert.True(run.ExitCode == code, $"{run.ExitCode}: {run.Errors}");
            Assert.DoesNotContain(Secret, run.Errors + run.Output);
            Assert.Contains(name, run.Errors);
            Assert.All(run.Errors.TrimEnd().Split('\n'), line => Assert.StartsWith("realtime: ", line));
        }
    }

    [Theory]
    [InlineData("tail --last 1 --no-follow", 2)]
    [InlineData("exec --task t -- true", 125)]
    public async Task A_token_file_that_holds_none_is_not_repeated(string command, int code)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"{Secret} {Secret}\n");
        await using CliRun run = await CliRun.RunAsync(
            new Dictionary<string, string> { ["REALTIME_URL"] = "https://127.0.0.1:1", ["REALTIME_TOKEN_FILE"] = file },
            null, command.Split(' '));
        File.Delete(file);

        Assert.True(run.ExitCode == code, $"{run.ExitCode}: {run.Errors}");
        Assert.DoesNotContain(Secret, run.Errors + run.Output);
    }

    [Fact]
    public async Task A_signing_key_is_never_printed()
    {
        var environment = new Dictionary<string, string>();
        await using CliRun shortOne = await CliRun.RunAsync(
            environment, Encoding.UTF8.GetBytes(Secret), "token", "--key-file", "-", "--verbose");
        environment["REALTIME_SIGNING_KEY"] = string.Concat(Enumerable.Repeat(Secret, 6));
        await using CliRun good = await CliRun.RunAsync(environment, null, "token", "--verbose");

        Assert.Equal((2, 0), (shortOne.ExitCode, good.ExitCode));
        Assert.Equal(3, good.Output.TrimEnd().Split('.').Length);
        Assert.DoesNotContain(Secret, shortOne.Errors + shortOne.Output + good.Errors + good.Output);
    }
}
