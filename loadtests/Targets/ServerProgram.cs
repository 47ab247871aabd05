using System.Diagnostics;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// Finds a program of this repository and builds it. None is a project reference: what is measured is a process of its
/// own, and nothing of it may run in the client's.
/// </summary>
/// <param name="Folder">Where its project stands.</param>
/// <param name="Assembly">What it is built to.</param>
internal sealed record ServerProgram(string Folder, string Assembly)
{
#if DEBUG
    private const string BuildConfiguration = "Debug";
#else
    private const string BuildConfiguration = "Release";
#endif

    /// <summary>Everything in one process.</summary>
    public static ServerProgram Devhost { get; } = new("infra/devhost", "Realtime.Devhost.dll");

    /// <summary>The edge.</summary>
    public static ServerProgram Edge { get; } = new("edge", "Realtime.Edge.dll");

    /// <summary>The worker.</summary>
    public static ServerProgram Worker { get; } = new("workers", "Realtime.Workers.dll");

    /// <summary>The path of its assembly, built anew unless told not to.</summary>
    /// <exception cref="TargetException">There is none, or it doesn't build.</exception>
    public async Task<string> FindAsync(bool build, CancellationToken stopping)
    {
        string project = Path.Combine(FindRoot(), Folder);
        if (build)
        {
            await BuildAsync(project, stopping);
        }

        string assembly = Path.Combine(project, "bin", BuildConfiguration, "net10.0", Assembly);
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
            $"Realtime.sln was not found above {AppContext.BaseDirectory}, so there is no system to start. "
            + "Run from the repository, or against a running system: --edge URL or --ready-file PATH.");
    }

    private async Task BuildAsync(string project, CancellationToken stopping)
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
            throw new TargetException($"{Folder} does not build:\n{await output}{await errors}");
        }
    }
}
