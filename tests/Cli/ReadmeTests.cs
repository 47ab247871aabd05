using System.CommandLine;
using System.Text.RegularExpressions;
using Realtime.Cli;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>README.md of the tool, its <c>--help</c> and its code say the same.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = RepositoryRoot.Read("infra/cli/README.md");
    private static readonly Command Root =
        RealtimeCommand.Parse([], TextWriter.Null, TextWriter.Null).RootCommandResult.Command;

    [Fact]
    public void The_commands_are_those_of_the_first_table()
    {
        string[] named = [.. CommandRow().Matches(Readme).Select(match => match.Groups[1].Value)];

        Assert.Equal(Root.Subcommands.Select(command => command.Name), named);
    }

    // The other way round, that no option is left out, is CommandLineTests'.
    [Theory]
    [InlineData("exec", "exec", "")]
    [InlineData("pipe", "pipe", "")]
    [InlineData("watch", "watch", "")]
    [InlineData("tail", "tail and publish", "| option of `tail`")]
    [InlineData("publish", "tail and publish", "| option of `publish`")]
    [InlineData("token", "token", "")]
    [InlineData("exec", "Where the server is, and who asks", "")]
    [InlineData("tail", "Where the server is, and who asks", "")]
    public void Each_option_named_in_a_section_is_one_of_the_command(string name, string section, string from)
    {
        Command command = Root.Subcommands.Single(one => one.Name == name);
        string[] known = [.. command.Options.Concat(Root.Options).Select(option => option.Name)];
        string text = from.Length == 0 ? SectionOf(section) : TableOf(SectionOf(section), from);
        string[] named = [.. OptionSpan().Matches(text).Select(match => match.Groups[1].Value).Distinct()];

        Assert.NotEmpty(named);
        Assert.All(named, option => Assert.Contains(option, known));
    }

    [Theory]
    [InlineData("exec")]
    [InlineData("pipe")]
    [InlineData("watch")]
    public void Defaults_are_those_of_the_help(string name)
    {
        Command command = Root.Subcommands.Single(one => one.Name == name);
        int compared = 0;
        foreach (Match row in DefaultRow().Matches(SectionOf(name)))
        {
            Option option = command.Options.Single(one => one.Name == row.Groups["option"].Value);
            string told = row.Groups["default"].Value.Trim().Trim('`');
            Match help = DefaultInHelp().Match(option.Description!);
            Assert.Equal(option.Required ? "required" : help.Groups[1].Value, told);
            compared += help.Success ? 1 : 0;
        }

        Assert.InRange(compared, 1, 10);
    }

    [Fact]
    public async Task Exit_codes_are_those_of_the_first_help_and_of_the_code()
    {
        await using CliRun help = await CliRun.RunAsync(new Dictionary<string, string>(), null, "--help");
        string told = help.Output[help.Output.IndexOf("Exit codes:", StringComparison.Ordinal)..];
        int[] codes = [.. typeof(ExitCodes).GetFields().Select(field => (int)field.GetRawConstantValue()!)];
        string section = SectionOf("Exit codes");

        Assert.Equal(7, codes.Length);
        foreach (int code in codes.Append(126).Append(127))
        {
            Assert.Matches($@"\b{code}\b", section);
            Assert.Matches($@"\b{code}\b", told);
        }
    }

    [Fact]
    public async Task Variables_are_those_of_the_first_help()
    {
        await using CliRun help = await CliRun.RunAsync(new Dictionary<string, string>(), null, "--help");
        string section = SectionOf("Where the server is, and who asks");

        Assert.Equal(
            Variable().Matches(help.Output).Select(match => match.Value).ToHashSet(),
            Variable().Matches(section).Select(match => match.Value).ToHashSet());
    }

    [Fact]
    public void Examples_are_command_lines_without_errors()
    {
        string[] lines = [.. ExampleLine().Matches(Readme).Select(match => match.Groups[1].Value.Trim())];

        Assert.True(lines.Length >= 2);
        foreach (string line in lines)
        {
            Assert.Empty(RealtimeCommand.Parse(line.Split(' '), TextWriter.Null, TextWriter.Null).Errors);
        }
    }

    private static string SectionOf(string title)
    {
        int start = Readme.IndexOf($"\n## {title}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, title);
        int end = Readme.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return Readme[start..end];
    }

    private static string TableOf(string section, string head)
    {
        int start = section.IndexOf(head, StringComparison.Ordinal);
        int end = section.IndexOf("\n\n", start, StringComparison.Ordinal);
        return end < 0 ? section[start..] : section[start..end];
    }

    [GeneratedRegex(@"^\| `realtime ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex(@"`(--[a-z-]+)[^`]*`")]
    private static partial Regex OptionSpan();

    [GeneratedRegex(@"^\| `(?<option>--[a-z-]+)` \|(?<default>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex DefaultRow();

    [GeneratedRegex(@"Default: (.+?)\.$")]
    private static partial Regex DefaultInHelp();

    [GeneratedRegex("REALTIME_[A-Z_]+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^realtime ([^#\n]+)", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();
}
