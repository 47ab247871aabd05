using System.ComponentModel;
using System.Diagnostics;

namespace Realtime.Devhost.Demo;

/// <summary>What of this machine the demo agents can use.</summary>
internal sealed record DemoMachine
{
    /// <summary>Directory for files of the agents' own; exists.</summary>
    public required string Scratch { get; init; }

    /// <summary>A git repository to look at, with git to do so; null if one of both is not here.</summary>
    public string? Repository { get; init; }

    /// <summary>Whether projects can be built: the .NET SDK is here, not only its runtime.</summary>
    public bool HasSdk { get; init; }

    /// <summary>Whether there is a POSIX shell to run commands.</summary>
    public bool HasShell { get; init; } = true;

    /// <summary>The option that makes <c>ls</c> and <c>grep</c> colour what they write, where GNU's are known to be.
    /// </summary>
    public static string Color { get; } = OperatingSystem.IsLinux() ? " --color=always" : string.Empty;

    /// <summary>Looks at this machine.</summary>
    public static DemoMachine Inspect(string scratch)
    {
        string? here = FindRepository(AppContext.BaseDirectory) ?? FindRepository(Environment.CurrentDirectory);
        return new DemoMachine
        {
            Scratch = scratch,
            Repository = here is not null && Runs("git", "-C", here, "log", "-1", "--oneline") ? here : null,
            HasSdk = Runs("dotnet", "--version"),
            HasShell = Runs("sh", "-c", "true"),
        };
    }

    /// <summary>A directory of one agent, made if it is not there.</summary>
    public string DirectoryOf(string name) => Directory.CreateDirectory(Path.Combine(Scratch, name)).FullName;

    private static string? FindRepository(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            string mark = Path.Combine(directory.FullName, ".git");
            if (Directory.Exists(mark) || File.Exists(mark))
            {
                return directory.FullName;
            }
        }

        return null;
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
            process.StandardInput.Close();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
