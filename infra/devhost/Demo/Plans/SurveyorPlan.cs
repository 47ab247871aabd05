namespace Realtime.Devhost.Demo.Plans;

/// <summary>Looks through files. Every second time it takes on more than its budget allows.</summary>
internal static class SurveyorPlan
{
    private const double BudgetDollars = 0.05;

    /// <summary>The plan; without a repository it looks through the system's configuration.</summary>
    public static DemoPlan Create(DemoMachine machine)
    {
        string directory = machine.Repository ?? "/etc";
        return new DemoPlan
        {
            Agent = "demo-surveyor",
            Tasks =
            [
                new DemoTask
                {
                    Title = "Look through the files",
                    Directory = directory,
                    Steps =
                    [
                        new("overview", $"ls -la{DemoMachine.Color}") { Says = "What is here?" },
                        new("all files", $"ls -lR{DemoMachine.Color} . 2>&1 | head -n 900"),
                        new("sizes", "du -sh -- * 2>/dev/null | sort -h") { Says = "Which folders are the largest?" },
                    ],
                },
                new DemoTask
                {
                    Title = "List all that is installed",
                    Directory = "/usr",
                    BudgetDollars = BudgetDollars,
                    Steps =
                    [
                        new("overview", $"ls -la{DemoMachine.Color}"),
                        new("all files", $"ls -lR{DemoMachine.Color} . 2>&1") { Says = "This may be much." },
                    ],
                },
            ],
        };
    }
}
