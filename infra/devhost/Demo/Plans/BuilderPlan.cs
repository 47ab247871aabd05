namespace Realtime.Devhost.Demo.Plans;

/// <summary>Builds a project. Every third time it does not compile.</summary>
internal static class BuilderPlan
{
    // A build is by far the most expensive thing that the agents do: 2 s of one core.
    private const int RestFactor = 3;

    // No build servers: they would outlive the devhost.
    private const string Quiet = "-nodeReuse:false -p:UseSharedCompilation=false";

    /// <summary>The plan.</summary>
    public static DemoPlan Create(DemoMachine machine)
    {
        string directory = machine.DirectoryOf("sample");
        return new DemoPlan
        {
            Agent = "demo-builder",
            RestFactor = RestFactor,
            Tasks =
            [
                Build("Build the sample", directory, compiles: true),
                Build("Build the sample with a new caller", directory, compiles: false),
                Build("Build the sample, attempt 2", directory, compiles: true),
            ],
        };
    }

    private static DemoTask Build(string title, string directory, bool compiles) => new()
    {
        Title = title,
        Directory = directory,
        Prepare = () => SampleProject.Write(directory, compiles),
        Steps =
        [
            new("build", $"dotnet build --no-incremental {Quiet}") { Says = "Building everything anew." },
            new("run", "dotnet bin/Debug/net10.0/Sample.dll") { Says = "It compiles. Does it run?" },
        ],
    };
}
