namespace Realtime.Devhost.Demo.Plans;

/// <summary>
/// Works as a coding agent does: plan, edit, test, review. Its first attempt is wrong, and its tests say so; the second
/// is right.
/// </summary>
internal static class CoderPlan
{
    private const int Attempts = 2;

    /// <summary>The plan.</summary>
    public static DemoPlan Create(DemoMachine machine)
    {
        string directory = machine.DirectoryOf("slug");
        return new DemoPlan
        {
            Agent = "demo-coder",
            Tasks = [.. Enumerable.Range(1, Attempts).Select(attempt => Attempt(attempt, directory, machine))],
        };
    }

    private static DemoTask Attempt(int attempt, string directory, DemoMachine machine) => new()
    {
        Title = attempt == 1 ? "Make addresses of titles" : $"Make addresses of titles, attempt {attempt}",
        Directory = directory,
        Prepare = () => SlugProject.Write(directory, attempt),
        Steps =
        [
            new("plan", "cat ISSUE.md slug.sh")
            {
                Says = attempt == 1
                    ? "I read the issue and the script that it is about."
                    : "The tests failed: signs between words are left. I start over.",
            },
            new("edit", $"{Diff(machine)} slug.sh slug.new; mv slug.new slug.sh")
            {
                Says = attempt == 1
                    ? "Spaces become hyphens."
                    : "All that is neither letter nor digit becomes one hyphen, none at the ends.",
            },
            new("test", "sh test.sh") { Says = "Running the tests." },
            new("review", $"grep -n{DemoMachine.Color} slug *.sh; wc -l *.sh")
            {
                Says = "Reading once more what I changed.",
            },
        ],
    };

    private static string Diff(DemoMachine machine) =>
        machine.Repository is null ? "diff -u" : "git --no-pager diff --no-index --color=always";
}
