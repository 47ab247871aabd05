namespace Realtime.Tests.Support;

/// <summary>Finds files of the repository, wherever the tests run from.</summary>
internal static class RepositoryRoot
{
    private static readonly string Path = Find();

    public static string Read(string relativePath) => File.ReadAllText(System.IO.Path.Combine(Path, relativePath));

    private static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "Realtime.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("No Realtime.sln above the tests.");
    }
}
