using System.Text.RegularExpressions;
using System.Xml.Linq;
using Realtime.Tests.Support;

namespace Realtime.Tests.Architecture;

/// <summary>The shape of the sources: short files, one type each, namespaces that are folders.</summary>
public partial class SourceShapeTests
{
    private const int LinesMax = 300;
    private const int ColumnsMax = 120;

    [Fact]
    public void No_file_is_longer_than_300_lines()
    {
        IEnumerable<string> longFiles = Repository.SourceFiles()
            .Select(file => (file, lines: File.ReadLines(file).Count()))
            .Where(found => found.lines > LinesMax)
            .Select(found => $"{Repository.Show(found.file)}: {found.lines} lines");

        Assert.Empty(longFiles);
    }

    [Fact]
    public void No_line_is_longer_than_120_characters()
    {
        IEnumerable<string> longLines = Repository.SourceFiles().Concat(Repository.FilesOf("tests"))
            .SelectMany(file => File.ReadLines(file).Select((line, i) => (file, line, number: i + 1)))
            .Where(found => found.line.Length > ColumnsMax)
            .Select(found => $"{Repository.Show(found.file)}:{found.number}: {found.line.Length} characters");

        Assert.Empty(longLines);
    }

    [Fact]
    public void A_file_holds_one_top_level_type_and_has_its_name()
    {
        IEnumerable<string> wrong = Repository.SourceFiles()
            .Select(file => (file, types: TopLevelTypes(file)))
            .Where(found => found.types.Count > 1
                || found.types.Any(type => !NameMatches(Path.GetFileNameWithoutExtension(found.file), type)))
            .Select(found => $"{Repository.Show(found.file)}: {string.Join(", ", found.types)}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        IEnumerable<string> wrong = Repository.ProjectFiles().SelectMany(WrongNamespaces);

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_check_sees_sources() => Assert.True(Repository.SourceFiles().Count() > 50);

    private static IEnumerable<string> WrongNamespaces(string project)
    {
        string folder = Path.GetDirectoryName(project)!;
        string rootNamespace = XDocument.Load(project).Descendants("RootNamespace").Single().Value;
        string[] within = [.. Repository.ProjectFiles().Select(other => Path.GetDirectoryName(other)!)
            .Where(other => other.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))];
        foreach (string file in Repository.FilesOf(Repository.Show(folder)))
        {
            if (within.Any(other => file.StartsWith(other + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                continue; // Of a project of its own.
            }

            Match declared = NamespaceLine().Match(File.ReadAllText(file));
            string below = Path.GetRelativePath(folder, Path.GetDirectoryName(file)!);
            string expected = below == "." ? rootNamespace : $"{rootNamespace}.{below.Replace('/', '.')}";
            if (declared.Success && declared.Groups[1].Value != expected)
            {
                yield return $"{Repository.Show(file)}: {declared.Groups[1].Value}, expected {expected}";
            }
        }
    }

    // With file-scoped namespaces a top-level type begins in the first column.
    private static List<string> TopLevelTypes(string file) =>
        [.. TypeLine().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)];

    // `Thing.Part.cs` is a part of `Thing`.
    private static bool NameMatches(string fileName, string type) =>
        fileName == type || fileName.StartsWith(type + ".", StringComparison.Ordinal);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )+"
        + @"(?:record struct|record class|record|class|struct|interface|enum|delegate [\w<>\[\],.?]+) (?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
