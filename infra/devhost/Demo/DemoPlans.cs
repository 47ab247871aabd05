using Realtime.Devhost.Demo.Plans;

namespace Realtime.Devhost.Demo;

/// <summary>
/// The demo agents:
/// <code>
///   demo-historian   git log, shortlog       1 done      2 lost: its program is killed
///   demo-surveyor    ls, du                  1 done      2 stopped: its budget is used up
///   demo-coder       plan edit test review   1 failed    2 done: attempt 2
///   demo-builder     dotnet build            1 done      2 failed: it does not compile      3 done: mended
///   demo-releaser    check pack publish      1 waiting for a person, then done
/// </code>
/// </summary>
internal static class DemoPlans
{
    /// <summary>Plans that this machine can follow, and a line for each agent that it can't have.</summary>
    public static (IReadOnlyList<DemoPlan> Plans, IReadOnlyList<string> LeftOut) Choose(DemoMachine machine)
    {
        if (!machine.HasShell)
        {
            return ([], ["There is no `sh` on the PATH: the demo agents have nothing to run commands with."]);
        }

        List<DemoPlan> plans =
        [
            HistorianPlan.Create(machine), SurveyorPlan.Create(machine), CoderPlan.Create(machine),
        ];
        List<string> leftOut = [];
        if (machine.HasSdk)
        {
            plans.Add(BuilderPlan.Create(machine));
        }
        else
        {
            leftOut.Add("`dotnet build` can't run here (no .NET SDK on the PATH): demo-builder is left out.");
        }

        plans.Add(ReleaserPlan.Create(machine));
        return (plans, leftOut);
    }
}
