using Realtime.Devhost.Demo;

namespace Realtime.Tests.Devhost;

/// <summary>The demo agents' plans on machines that lack this or that: whatever is planned can be run.</summary>
public sealed class DemoPlansTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("realtime-plans-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Without_git_and_an_SDK_every_command_of_the_others_runs()
    {
        (IReadOnlyList<DemoPlan> plans, IReadOnlyList<string> leftOut) =
            DemoPlans.Choose(new DemoMachine { Scratch = _scratch.FullName });

        Assert.Equal(
            ["demo-coder", "demo-historian", "demo-releaser", "demo-surveyor"],
            plans.Select(plan => plan.Agent).Order());
        Assert.Contains("demo-builder", Assert.Single(leftOut));
        List<string> failed = [];
        foreach (DemoTask task in plans.SelectMany(plan => plan.Tasks).Where(task => task.BudgetDollars is null))
        {
            Assert.DoesNotContain("git", task.Command);
            failed.AddRange(await RunAsync(task));
        }

        Assert.Equal(["Make addresses of titles: test"], failed);
    }

    [Fact]
    public void Without_a_shell_there_are_none_and_a_line_says_why()
    {
        (IReadOnlyList<DemoPlan> plans, IReadOnlyList<string> leftOut) =
            DemoPlans.Choose(new DemoMachine { Scratch = _scratch.FullName, HasShell = false });

        Assert.Empty(plans);
        Assert.Contains("`sh`", Assert.Single(leftOut));
    }

    [Fact]
    public void Names_of_agents_are_different_and_begin_alike()
    {
        (IReadOnlyList<DemoPlan> plans, _) = DemoPlans.Choose(DemoMachine.Inspect(_scratch.FullName));

        Assert.All(plans, plan => Assert.StartsWith("demo-", plan.Agent));
        Assert.Distinct(plans.Select(plan => plan.Agent));
    }

    // The names of steps that fail; as for an agent, what follows in the task is not run.
    private static async Task<IEnumerable<string>> RunAsync(DemoTask task)
    {
        task.Prepare?.Invoke();
        foreach (DemoStep step in task.Steps)
        {
            await using RunningProgram program = RunningProgram.Start(step.Command, task.Directory);
            var buffer = new byte[4096];
            while (await program.ReadAsync(buffer, CancellationToken.None) > 0)
            {
                // Nobody looks.
            }

            if (await program.WaitAsync(CancellationToken.None) != 0)
            {
                return [$"{task.Title}: {step.Name}"];
            }
        }

        return [];
    }
}
