using System.Diagnostics;
using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Terminals;

/// <summary>
/// What a real build says: that of a project copied into a temporary folder, told in full detail. Kept in memory only.
/// </summary>
internal static class BuildOutput
{
    // Less is an error message, or so little that it would repeat within what a viewer holds.
    private const int BytesMin = 512 * 1024;
    private const string Copied = "shared/Protocol";

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
          </PropertyGroup>
        </Project>
        """;

    // What a build needs of the environment. The rest stays out, as it is told in the output.
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "LANG"];

    /// <summary>The content of terminals: the file that was named, else what a build says.</summary>
    /// <exception cref="TargetException">There is no such file, or no build.</exception>
    public static async Task<TerminalContent> ReadAsync(
        TerminalLoadOptions options, int terminals, Progress progress, CancellationToken stopping)
    {
        if (options.OutputFile is { } path)
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, stopping);
            return bytes.Length > 0
                ? new TerminalContent(bytes, terminals)
                : throw new TargetException($"--output-file {path} is empty: there is nothing to say.");
        }

        progress.Tell("building a copied project, for what it says");
        byte[] output = await BuildAsync(stopping);
        progress.Tell($"it said {output.Length / 1024} KiB");
        return new TerminalContent(output, terminals);
    }

    /// <summary>What a build says in full detail.</summary>
    /// <exception cref="TargetException">There is no such project here, or it said next to nothing.</exception>
    public static async Task<byte[]> BuildAsync(CancellationToken stopping)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("realtime-build-");
        try
        {
            CopySources(Path.Combine(ServerProgram.FindRoot(), Copied), directory.FullName);
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "Copied.csproj"), Project, stopping);
            byte[] output = await RunAsync(directory.FullName, stopping);
            return output.Length >= BytesMin
                ? output
                : throw new TargetException(
                    $"The build said only {output.Length} bytes. Name a file to be said instead: --output-file PATH");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static void CopySources(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*.cs", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(from, file);
            if (name.StartsWith("obj", StringComparison.Ordinal) || name.StartsWith("bin", StringComparison.Ordinal))
            {
                continue;
            }

            string copy = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static async Task<byte[]> RunAsync(string directory, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            ["build", "-c", "Release", "-v:diag", "-tl:off", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = directory,
        };
        foreach (string name in start.Environment.Keys.Except(Inherited).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        try
        {
            using var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output, stopping);
            await process.WaitForExitAsync(stopping);
            return output.ToArray();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
