using System.CommandLine;
using System.Text.RegularExpressions;
using Realtime.Cli;
using Realtime.Cli.Arguments;
using Realtime.Tests.Devhost;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>The command line: help, examples, errors.</summary>
public sealed partial class CommandLineTests
{
    private static readonly string[] Names = ["exec", "pipe", "watch", "tail", "publish", "token", "admin"];

    public static TheoryData<string> Commands() => [.. Names];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_example_in_the_help_is_a_command_line_without_errors(string command)
    {
        (int exitCode, string help, _) = await RunAsync(command, "--help");
        string[] examples = [.. ExampleLine().Matches(Behind(help)).Select(match => match.Groups["line"].Value)];

        Assert.Equal(0, exitCode);
        Assert.InRange(examples.Length, 3, 15);
        Assert.All(examples, example => Assert.Contains($"realtime {command}", example));
        foreach (string example in examples)
        {
            Assert.Empty((await ParseAsync(example)).Errors);
        }
    }

    [Theory]
    [InlineData("worker", "realtime admin worker worker-1", "realtime admin workers")]
    [InlineData("limits", "realtime admin limits", "drain")]
    [InlineData("drain", "realtime admin drain --edge --wait", "undrain")]
    [InlineData("disconnect", "--no-reconnect", "drain")]
    public async Task The_help_of_an_operator_s_command_has_its_own_examples(string command, string own, string other)
    {
        (int exitCode, string help, _) = await RunAsync("admin", command, "--help");
        string[] examples = [.. ExampleLine().Matches(Behind(help)).Select(match => match.Groups["line"].Value)];

        Assert.Equal(0, exitCode);
        Assert.Contains(examples, example => example.Contains(own));
        Assert.DoesNotContain(examples, example => example.Contains(other));
        foreach (string example in examples)
        {
            Assert.Empty((await ParseAsync(example)).Errors);
        }
    }

    [Fact]
    public async Task The_first_help_names_all_commands_and_its_examples_parse()
    {
        (int exitCode, string help, _) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.All(Names, command => Assert.Contains($"  {command}", help));
        foreach (Match example in ExampleLine().Matches(Behind(help)))
        {
            string line = example.Groups["line"].Value;
            Assert.True(line.Contains("COMMAND") || (await ParseAsync(line)).Errors.Count == 0, line);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_fits_and_the_readme_names_each_option(string command)
    {
        (_, string help, _) = await RunAsync(command, "--help");
        string readme = RepositoryRoot.Read("infra/cli/README.md");

        Assert.All(OptionName().Matches(help).Select(match => match.Value).Except(["--help"]),
            option => Assert.Contains($"`{option}", readme));
    }

    [Theory]
    [InlineData(2, "--url", "watch", "--task", "t")]
    [InlineData(2, "'--task' is required", "watch")]
    [InlineData(2, "--task must be", "watch", "--task", "a b")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "end")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "tail:")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "tail:x")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "-1")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "4.ABCDEF")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "4.k3x9qa7")]
    [InlineData(2, "--from must be", "watch", "--task", "t", "--from", "99999999999999999999")]
    [InlineData(2, "bogus", "bogus")]
    [InlineData(2, "--no-follow needs --last", "tail", "--no-follow")]
    [InlineData(2, "--channel must be", "tail", "--channel", "nope")]
    [InlineData(2, "--file FILE", "publish", "--type", "a")]
    [InlineData(2, "exclude each other", "publish", "--file", "x", "--type", "a")]
    [InlineData(2, "exclude each other", "pipe", "--task", "t", "--no-end", "--exit-code", "1")]
    [InlineData(2, "--spool-bytes must be", "pipe", "--task", "t", "--spool-bytes", "many")]
    [InlineData(2, "--flush-timeout must be", "pipe", "--task", "t", "--flush-timeout", "10")]
    [InlineData(2, "signing key", "token")]
    [InlineData(2, "--ttl must be 1s or more, but is '0s'", "token", "--ttl", "0s")]
    [InlineData(2, "--ttl must be 1s or more, but is '999ms'", "token", "--ttl", "999ms")]
    [InlineData(125, "'--task' is required", "exec", "--", "ls")]
    [InlineData(125, "--size must be", "exec", "--task", "t", "--size", "big", "--", "ls")]
    public async Task A_wrong_command_line_says_what_is_wrong(int expected, string said, params string[] arguments)
    {
        (int exitCode, string output, string errors) = await RunAsync(arguments);

        Assert.Equal(expected, exitCode);
        Assert.Contains(said, errors);
        Assert.All(errors.TrimEnd().Split('\n'), line => Assert.StartsWith("realtime: ", line));
        Assert.Equal(string.Empty, output);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("10", null)]
    [InlineData("-1s", null)]
    [InlineData("s", null)]
    [InlineData("2000000h", null)]
    public void Durations(string text, int? milliseconds)
    {
        Assert.Equal(milliseconds is not null, DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds ?? 0, duration.TotalMilliseconds);
        Assert.Equal(text, milliseconds is null ? text : DurationText.Format(duration));
    }

    [Theory]
    [InlineData("4096", 4096L)]
    [InlineData("64KiB", 65536L)]
    [InlineData("1GiB", 1073741824L)]
    [InlineData("64MB", null)]
    [InlineData("", null)]
    [InlineData("99999999999GiB", null)]
    public void Numbers_of_bytes(string text, long? bytes)
    {
        Assert.Equal(bytes is not null, ByteCountText.TryParse(text, out long read));
        Assert.Equal(bytes ?? 0, read);
    }

    private static string Behind(string help) => help[help.LastIndexOf("Examples:", StringComparison.Ordinal)..];

    // By bash, as somebody would type it: pipes and redirections are not ours.
    private static async Task<ParseResult> ParseAsync(string example)
    {
        string line = example[example.IndexOf("realtime ", StringComparison.Ordinal)..];
        line = RestOfLine().Replace(line, string.Empty);
        string words = await Shell.RunAsync($"realtime() {{ printf '%s\\n' \"$@\"; }}\n{line}");
        return RealtimeCommand.Parse(words.TrimEnd('\n').Split('\n'), TextWriter.Null, TextWriter.Null);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using CliRun run = await CliRun.RunAsync(new Dictionary<string, string>(), null, arguments);
        return (run.ExitCode, run.Output, run.Errors);
    }

    [GeneratedRegex(@"^  (?<line>(?:\S.* \| |\S+ )?realtime .+)$", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();

    [GeneratedRegex(@"(?<=^  (?:-\w, )?)--[a-z-]+", RegexOptions.Multiline)]
    private static partial Regex OptionName();

    [GeneratedRegex(@" (?:\||&&|<|>) .*$")]
    private static partial Regex RestOfLine();
}
