namespace Realtime.Devhost.Demo.Plans;

/// <summary>Prepares a release and asks a person before it publishes. The person is a pause.</summary>
internal static class ReleaserPlan
{
    private const string Notes = """
        Release 1.4.0
        - Viewers see the step that an agent is at
        - Terminals keep their colours

        """;

    /// <summary>The plan.</summary>
    public static DemoPlan Create(DemoMachine machine)
    {
        string directory = machine.DirectoryOf("release");
        return new DemoPlan
        {
            Agent = "demo-releaser",
            Tasks =
            [
                new DemoTask
                {
                    Title = "Release 1.4.0",
                    Directory = directory,
                    Prepare = () => Write(directory),
                    Steps =
                    [
                        new("check", $"cat NOTES.md; ls -l{DemoMachine.Color}") { Says = "What goes into it?" },
                        new("pack", "tar -czvf release.tgz NOTES.md docs && cksum release.tgz"),
                        new("publish", $"cp -v release.tgz published/ && ls -l{DemoMachine.Color} published")
                        {
                            Asks = "Publish release 1.4.0?",
                        },
                    ],
                },
            ],
        };
    }

    private static void Write(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "published"));
        string docs = Directory.CreateDirectory(Path.Combine(directory, "docs")).FullName;
        File.WriteAllText(Path.Combine(directory, "NOTES.md"), Notes);
        foreach (string page in (ReadOnlySpan<string>)["start.md", "agents.md", "terminals.md"])
        {
            File.WriteAllText(Path.Combine(docs, page), $"# {page}\n");
        }
    }
}
