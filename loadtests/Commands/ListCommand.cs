using System.CommandLine;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Commands;

/// <summary><c>list</c>: every scenario with its load and its thresholds.</summary>
internal static class ListCommand
{
    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var command = new Command("list", "List the scenarios, with their loads and thresholds.");
        command.SetAction(parsed =>
        {
            foreach (IScenario scenario in ScenarioCatalog.All)
            {
                TextWriter output = parsed.InvocationConfiguration.Output;
                output.WriteLine($"{scenario.Name,-10} {scenario.Summary}");
                output.WriteLine($"{string.Empty,-10} load: {scenario.Defaults}");
                string thresholds = string.Join(", ", scenario.ThresholdsOf(scenario.Defaults));
                output.WriteLine($"{string.Empty,-10} must keep: {thresholds}");
            }
        });
        return command;
    }
}
