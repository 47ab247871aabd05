using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>
/// The log of real builds, every detail of it: three projects, the first of them a copy of this repository's
/// <c>shared/Protocol</c>, are built once, and again with nothing to do, until there is enough. Needs no network, and
/// touches nothing of the repository.
/// </summary>
internal static class BuildLog
{
    private const int BuildsMax = 8;

    /// <summary>Builds until the log has so many bytes or more.</summary>
    public static async Task<byte[]> MakeAsync(int lengthMin)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("realtime-build-log-");
        try
        {
            WriteProjects(directory.FullName);
            using var log = new MemoryStream();
            for (int builds = 0; log.Length < lengthMin; builds++)
            {
                Assert.True(builds < BuildsMax, $"{log.Length} bytes after {builds} builds.");
                await BuildAsync(directory.FullName, log);
            }

            return log.ToArray();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static void WriteProjects(string directory)
    {
        string protocol = Path.Combine(Repository.Root, "shared", "Protocol");
        foreach (string file in Repository.FilesOf("shared").Where(file => file.StartsWith(protocol + "/")))
        {
            string copy = Path.Combine(directory, "first", Path.GetRelativePath(protocol, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        WriteProject(directory, "first", reference: null);
        WriteProject(directory, "second", reference: "first");
        WriteProject(directory, "third", reference: "second");
        File.WriteAllText(Path.Combine(directory, "all.slnx"), """
            <Solution>
              <Project Path="first/first.csproj" />
              <Project Path="second/second.csproj" />
              <Project Path="third/third.csproj" />
            </Solution>
            """);

        // Whatever lies above the folder of temporary files is not of these builds.
        foreach (string name in
            new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            File.WriteAllText(Path.Combine(directory, name), "<Project />");
        }
    }

    private static void WriteProject(string directory, string name, string? reference)
    {
        string references = reference is null
            ? ""
            : $"<ItemGroup><ProjectReference Include=\"../{reference}/{reference}.csproj\" /></ItemGroup>";
        Directory.CreateDirectory(Path.Combine(directory, name));
        File.WriteAllText(Path.Combine(directory, name, $"{name}.cs"), $"internal static class Of{name};");
        File.WriteAllText(Path.Combine(directory, name, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <NuGetAudit>false</NuGetAudit>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              {references}
            </Project>
            """);
    }

    // No server of compilers or builds is left behind.
    private static async Task BuildAsync(string directory, MemoryStream log)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "build", "all.slnx", "-v:diag", "-tl:off", "-m:1", "-nodeReuse:false", "-p:UseSharedCompilation=false",
            ])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };

        // Of the test's own build, where there was one.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD")).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process build = Process.Start(start)!;
        long before = log.Length;
        await build.StandardOutput.BaseStream.CopyToAsync(log);
        await build.WaitForExitAsync();
        Assert.True(
            build.ExitCode == 0,
            System.Text.Encoding.UTF8.GetString(
                log.GetBuffer().AsSpan((int)before..(int)log.Length)[^Math.Min(3000, (int)(log.Length - before))..]));
    }
}
