using System.Runtime.CompilerServices;

namespace Realtime.Tests.Support;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The top-level folders whose sources are the product's.</summary>
    public static readonly IReadOnlyList<string> SourceFolders = ["edge", "workers", "shared", "infra", "loadtests"];

    /// <summary>The directory that holds <c>Realtime.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The product's C# files, build output left out.</summary>
    public static IEnumerable<string> SourceFiles() => SourceFolders.SelectMany(FilesOf);

    /// <summary>The C# files of one top-level folder, build output left out.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuildOutput(file))
            .Order(StringComparer.Ordinal);

    /// <summary>The project files of all folders, the tests' left out.</summary>
    public static IEnumerable<string> ProjectFiles() =>
        SourceFolders.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(file => !IsBuildOutput(file));

    /// <summary>A path below the root as it is shown in failures.</summary>
    public static string Show(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsBuildOutput(string file) =>
        Show(file).Split('/').Any(part => part is "bin" or "obj" or "node_modules");

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        // From the test assembly upwards; the source path serves where output was moved elsewhere.
        foreach (string? start in (ReadOnlySpan<string?>)[AppContext.BaseDirectory, Path.GetDirectoryName(thisFile)])
        {
            for (var directory = new DirectoryInfo(start!); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, "Realtime.sln")))
                {
                    return directory.FullName;
                }
            }
        }

        throw new InvalidOperationException(
            "Realtime.sln was not found above the tests: run them from the repository.");
    }
}
