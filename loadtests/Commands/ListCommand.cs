using System.CommandLine;
using Realtime.Loadtests.Load;
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
            TextWriter output = parsed.InvocationConfiguration.Output;
            foreach (IScenario scenario in ScenarioCatalog.All)
            {
                string usual = scenario == ScenarioCatalog.Usual ? " (run if none is named)" : string.Empty;
                LoadOptions load = scenario.Defaults;
                output.WriteLine($"{scenario.Name}{usual}");
                output.WriteLine($"    {scenario.Summary}");
                output.WriteLine($"    load:        {load}");
                if (load.Rate > 0 || load.Simulations.Count > 0)
                {
                    output.WriteLine($"    simulations: {Show(load.Profile())}");
                }

                output.WriteLine($"    thresholds:  {string.Join(", ", scenario.ThresholdsOf(load))}");
                output.WriteLine();
            }
        });
        return command;
    }

    private static string Show(IReadOnlyList<LoadSimulation> profile) => string.Join(", ", profile);
}
