using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Architecture;

/// <summary>
/// No tracked file holds the marks of a merge that was not finished. Compilers find them in code; in documents nothing
/// else does.
/// </summary>
public sealed partial class ConflictMarkerTests
{
    [Fact]
    public async Task No_tracked_file_holds_conflict_markers()
    {
        string[] tracked = await TrackedFilesAsync();
        Assert.True(tracked.Length > 500, $"git names {tracked.Length} files only");
        IEnumerable<string> marked = tracked
            .Select(file => (file, path: Path.Combine(Repository.Root, file)))
            .Where(found => File.Exists(found.path) && HasMarkers(File.ReadAllBytes(found.path)))
            .Select(found => found.file);

        Assert.Empty(marked);
    }

    [Theory]
    [InlineData("<<<<<<< HEAD", true)]
    [InlineData(">>>>>>> main", true)]
    [InlineData("||||||| merged common ancestors", true)]
    [InlineData("a <<<<<<< b", false)]
    [InlineData("=======", false)]
    [InlineData("<<<<<<<<<<<<<<<", false)]
    public void A_marker_stands_at_the_beginning_of_a_line(string line, bool isMarker) => Assert.Equal(
        isMarker, HasMarkers(Encoding.UTF8.GetBytes($"before\n{line}\r\nafter\n")));

    // A line of equals signs underlines a heading as well: the other marks are always beside it.
    private static bool HasMarkers(byte[] content) =>
        !content.AsSpan().Contains((byte)0) && Marker().IsMatch(Encoding.UTF8.GetString(content));

    private static async Task<string[]> TrackedFilesAsync()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string files = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
        return files.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"^(<{7}|>{7}|\|{7}) \S", RegexOptions.Multiline)]
    private static partial Regex Marker();
}
