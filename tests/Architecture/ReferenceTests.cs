using System.Xml.Linq;
using Realtime.Tests.Support;

namespace Realtime.Tests.Architecture;

/// <summary>
/// Planes meet only in `shared`: read from the project files, and from what they were compiled to (a compiler leaves
/// out references that nothing uses, so the two are asked apart).
/// </summary>
public class ReferenceTests
{
    public static TheoryData<string, string> Forbidden() => new()
    {
        { "Realtime.Edge", "Realtime.Workers" },
        { "Realtime.Edge", "Realtime.Log" },
        { "Realtime.Edge", "StackExchange.Redis" },
        { "Realtime.Workers", "Realtime.Edge" },
        { "Realtime.Workers", "Yarp.ReverseProxy" },
        { "Realtime.Hosting", "Realtime.Log" },
        { "Realtime.Hosting", "StackExchange.Redis" },
        { "Realtime.Hosting", "Realtime.Edge" },
        { "Realtime.Hosting", "Realtime.Workers" },
        { "Realtime.Log", "Realtime.Edge" },
        { "Realtime.Log", "Realtime.Workers" },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_plane_does_not_reference_another(string from, string to)
    {
        HashSet<string> projects = ProjectReferences(from);
        HashSet<string> assemblies = AssemblyReferences(from);

        Assert.DoesNotContain(to, projects);
        Assert.DoesNotContain(to, assemblies);
    }

    [Fact]
    public void Protocol_references_nothing_but_the_framework()
    {
        Assert.Empty(ProjectReferences("Realtime.Protocol"));
        Assert.All(AssemblyReferences("Realtime.Protocol"), name => Assert.StartsWith("System.", name));
    }

    [Fact]
    public void The_SDK_references_only_the_protocol_and_the_logging_contract()
    {
        Assert.Equal(
            ["Microsoft.Extensions.Logging.Abstractions", "Realtime.Protocol"],
            ProjectReferences("Realtime.Client").Order(StringComparer.Ordinal));
        Assert.All(AssemblyReferences("Realtime.Client"), name => Assert.True(
            name is "Realtime.Protocol" or "Microsoft.Extensions.Logging.Abstractions"
            || name.StartsWith("System.", StringComparison.Ordinal),
            name));
    }

    // A tool for those outside: it knows the server by its protocol. Hosting is there for the token that it makes.
    [Fact]
    public void The_tool_references_the_SDK_and_neither_plane()
    {
        HashSet<string> projects = ProjectReferences("Realtime.Cli");

        Assert.Contains("Realtime.Client", projects);
        Assert.DoesNotContain("Realtime.Edge", projects);
        Assert.DoesNotContain("Realtime.Workers", projects);
        Assert.DoesNotContain("Realtime.Log", projects);
        Assert.All(
            Repository.FilesOf("infra/cli").Where(file => File.ReadAllText(file).Contains("Realtime.Hosting")),
            file => Assert.EndsWith("TokenCommand.cs", file));
    }

    [Fact]
    public void The_check_sees_references_that_are_there()
    {
        Assert.Contains("Realtime.Log", ProjectReferences("Realtime.Workers"));
        Assert.Contains("Realtime.Protocol", ProjectReferences("Realtime.Workers"));
        Assert.Contains("Yarp.ReverseProxy", ProjectReferences("Realtime.Edge"));
        Assert.Contains("Realtime.Edge", ProjectReferences("Realtime.Devhost"));
    }

    // Project and package references, those of referenced projects included.
    private static HashSet<string> ProjectReferences(string project)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Collect(FileOf(project), found);
        return found;
    }

    private static void Collect(string file, HashSet<string> found)
    {
        XDocument document = XDocument.Load(file);
        foreach (XElement package in document.Descendants("PackageReference"))
        {
            found.Add(package.Attribute("Include")!.Value);
        }

        foreach (XElement reference in document.Descendants("ProjectReference"))
        {
            string path = Path.GetFullPath(
                Path.Combine(Path.GetDirectoryName(file)!, reference.Attribute("Include")!.Value.Replace('\\', '/')));
            if (found.Add(Path.GetFileNameWithoutExtension(path)))
            {
                Collect(path, found);
            }
        }
    }

    private static HashSet<string> AssemblyReferences(string assembly) =>
        [.. System.Reflection.Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!)];

    private static string FileOf(string project) =>
        Assert.Single(Repository.ProjectFiles(), file => Path.GetFileNameWithoutExtension(file) == project);
}
