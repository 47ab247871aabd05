using System.Diagnostics;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// Finds the devhost beside these load tests and builds it. It is no project reference: what is measured is a process
/// of its own, and nothing of it may run in the client's.
/// </summary>
internal static class DevhostProgram
{
#if DEBUG
    private const string BuildConfiguration = "Debug";
#else
    private const string BuildConfiguration = "Release";
#endif

    /// <summary>The path of its assembly, built anew unless told not to.</summary>
    /// <exception cref="TargetException">There is none, or it doesn't build.</exception>
    public static async Task<string> FindAsync(bool build, CancellationToken stopping)
    {
        string project = Path.Combine(FindRoot(), "infra", "devhost");
        if (build)
        {
            await BuildAsync(project, stopping);
        }

        string assembly = Path.Combine(project, "bin", BuildConfiguration, "net10.0", "Realtime.Devhost.dll");
        return File.Exists(assembly)
            ? assembly
            : throw new TargetException($"{assembly} is not there. Leave out --no-build, or build it: "
                + $"dotnet build -c {BuildConfiguration} {project}");
    }

    /// <summary>The repository that this program was built in.</summary>
    /// <exception cref="TargetException">It stands elsewhere.</exception>
    public static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        for (; directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Realtime.sln")))
            {
                return directory.FullName;
            }
        }

        throw new TargetException(
            $"Realtime.sln was not found above {AppContext.BaseDirectory}, so there is no devhost to start. "
            + "Run from the repository, or against a running system: --edge URL or --ready-file PATH.");
    }

    private static async Task BuildAsync(string project, CancellationToken stopping)
    {
        var start = new ProcessStartInfo("dotnet", ["build", "-c", BuildConfiguration, "--nologo", "-v", "q", project])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stopping);
        Task<string> errors = process.StandardError.ReadToEndAsync(stopping);
        try
        {
            await process.WaitForExitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new TargetException($"The devhost does not build:\n{await output}{await errors}");
        }
    }
}
