namespace Realtime.Devhost.Demo.Plans;

/// <summary>Reads the history of the repository that it finds itself in. Every second time it crashes.</summary>
internal static class HistorianPlan
{
    private const int CrashAfterBytes = 6_000;

    /// <summary>The plan; without git it reads what runs on the machine.</summary>
    public static DemoPlan Create(DemoMachine machine)
    {
        string directory = machine.Repository ?? "/";
        IReadOnlyList<DemoStep> steps = machine.Repository is null ? Processes() : Commits();
        return new DemoPlan
        {
            Agent = "demo-historian",
            Tasks =
            [
                new DemoTask { Title = "Tell what changed lately", Directory = directory, Steps = steps },
                new DemoTask
                {
                    Title = "Tell what changed lately, again",
                    Directory = directory,
                    Steps = [steps[0], steps[1] with { KilledAfterBytes = CrashAfterBytes }, .. steps.Skip(2)],
                },
            ],
        };
    }

    // --no-pager, as nobody is there to press a key.
    private static IReadOnlyList<DemoStep> Commits() =>
    [
        new("recent commits", "git --no-pager log --color=always --graph --oneline -n 60")
        {
            Says = "First the shape of the last 60 commits.",
        },
        new("what they touched", "git --no-pager log --color=always --stat -n 40"),
        new("who wrote them", "git --no-pager shortlog --summary --numbered HEAD")
        {
            Says = "Now who wrote them.",
        },
    ];

    private static IReadOnlyList<DemoStep> Processes() =>
    [
        new("load", "uptime || cat /proc/loadavg"),
        new("processes", "ps aux || ls -l /proc") { Says = "There is no git history here: reading processes instead." },
        new("disks", "df -h"),
    ];
}
