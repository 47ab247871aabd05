using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Realtime.Loadtests.Commands;

/// <summary>The command line.</summary>
internal static class LoadtestCommand
{
    private const string Examples = """

        Examples:
          dotnet run -c Release --project loadtests -- list
          dotnet run -c Release --project loadtests -- run fan-out idle
          dotnet run -c Release --project loadtests -- run --help
          dotnet run -c Release --project loadtests -- bench --help

        Exit codes: 0 passed, 1 a threshold was broken, 2 wrong command line, 3 could not be run.
        """;

    /// <summary>Runs a command line; the exit code.</summary>
    public static async Task<int> InvokeAsync(string[] args)
    {
        ParseResult parsed = Create().Parse(args);
        if (parsed.Action is ParseErrorAction errors)
        {
            // The errors say what to do; two pages of help would hide them.
            errors.ShowHelp = false;
            await parsed.InvokeAsync();
            await Console.Error.WriteLineAsync("Help: dotnet run -c Release --project loadtests -- run --help");
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync();
    }

    /// <summary>Builds it.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Load tests of Realtime: scenarios against a running system, or one started for each run.")
        {
            ListCommand.Create(), RunCommand.Create(Runner.RunAsync), BenchCommand.Create(BenchRunner.RunAsync),
            ClientCommand.Create(), StandInCommand.Create(),
        };
        AddExamples(root, root.Options.OfType<HelpOption>().Single(), Examples);
        return root;
    }

    // One help option serves all commands, so the text is chosen by the command asked about.
    private static void AddExamples(RootCommand root, HelpOption help, string examples) =>
        help.Action = new HelpWithExamples(
            (HelpAction)help.Action!,
            command => command == root ? examples
                : command.Name == RunCommand.Name ? RunCommand.Examples
                : command.Name == BenchCommand.Name ? BenchCommand.Examples
                : string.Empty);
}
