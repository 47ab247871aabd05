using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Architecture;

/// <summary>The security page names tests and places that exist, and each of its promises has both.</summary>
public partial class SecurityPageTests
{
    private static readonly string Page = RepositoryRoot.Read("edge/SECURITY.md");

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        HashSet<string> classes =
            [.. Repository.FilesOf("tests").Select(file => Path.GetFileNameWithoutExtension(file))];
        HashSet<string> scripts =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "shared", "client-js", "test"), "*.test.ts")
                .Select(file => Path.GetFileName(file)),
        ];
        string[] named = [.. Names().Matches(Page).Select(match => match.Groups[1].Value)];

        Assert.True(named.Length > 30);
        Assert.All(named, name => Assert.True(classes.Contains(name) || scripts.Contains(name), name));
    }

    [Fact]
    public void Every_promise_has_a_place_that_exists_and_a_test()
    {
        string[] rows =
            [.. Section("Promises").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

        Assert.True(rows.Length > 10);
        Assert.All(rows.Skip(2), row =>
        {
            string[] cells = row.Split('|', StringSplitOptions.TrimEntries);
            Assert.Equal(5, cells.Length);
            Assert.Matches(Names(), cells[3]);
            Assert.True(cells[2] == "all" || Places().IsMatch(cells[2]), row);
            Assert.All(Places().Matches(cells[2]), place => Assert.True(
                Path.Exists(Path.Combine(Repository.Root, place.Groups[1].Value)), place.Value));
        });
    }

    [Fact]
    public void It_is_found_from_the_other_pages()
    {
        Assert.Contains("(SECURITY.md)", RepositoryRoot.Read("edge/README.md"), StringComparison.Ordinal);
        Assert.Contains("(edge/SECURITY.md)", RepositoryRoot.Read("README.md"), StringComparison.Ordinal);
        Assert.Contains("## Not promised", Page, StringComparison.Ordinal);
    }

    private static string Section(string title)
    {
        int start = Page.IndexOf($"## {title}\n", StringComparison.Ordinal);
        int end = Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return Page[start..end];
    }

    [GeneratedRegex(@"`(\w+Tests|\w+\.test\.ts)`")]
    private static partial Regex Names();

    [GeneratedRegex("`([a-z]+/[A-Za-z/.]+)`")]
    private static partial Regex Places();
}
