using System.CommandLine;
using System.CommandLine.Help;

namespace Realtime.Loadtests.Commands;

/// <summary>The command line.</summary>
internal static class LoadtestCommand
{
    private const string Examples = """

        Examples:
          dotnet run -c Release --project loadtests -- list
          dotnet run -c Release --project loadtests -- run fan-out idle
          dotnet run -c Release --project loadtests -- run --help

        Exit codes: 0 passed, 1 a threshold was broken, 2 wrong command line, 3 could not be run.
        """;

    /// <summary>Builds it.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Load tests of Realtime: scenarios against a running system, or one started for each run.")
        {
            ListCommand.Create(), RunCommand.Create(Runner.RunAsync),
        };
        AddExamples(root, root.Options.OfType<HelpOption>().Single(), Examples);
        return root;
    }

    // One help option serves all commands, so the text is chosen by the command asked about.
    private static void AddExamples(RootCommand root, HelpOption help, string examples) =>
        help.Action = new HelpWithExamples(
            (HelpAction)help.Action!,
            command => command == root ? examples : command.Name == RunCommand.Name ? RunCommand.Examples : string.Empty);
}
