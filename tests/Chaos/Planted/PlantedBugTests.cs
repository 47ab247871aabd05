using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Planted;

/// <summary>The bugs that tests/README.md says how to plant can still be planted.</summary>
public class PlantedBugTests
{
    public static TheoryData<string> Patches() => [.. Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests", "Chaos", "Planted"), "*.patch").Select(Path.GetFileName)
        .OfType<string>()];

    [Theory]
    [MemberData(nameof(Patches))]
    public async Task A_planted_bug_applies(string patch)
    {
        var start = new ProcessStartInfo("git", ["apply", "--check", $"tests/Chaos/Planted/{patch}"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardError = true,
        };
        using Process git = Process.Start(start)!;
        string errors = await git.StandardError.ReadToEndAsync();
        await git.WaitForExitAsync();

        Assert.True(git.ExitCode == 0, errors);
    }
}
