using System.Diagnostics;

namespace Realtime.Devhost.Demo;

/// <summary>Chooses three programs that this machine can run.</summary>
internal static class DemoPrograms
{
    /// <summary>The programs, one per agent.</summary>
    /// <param name="sample">Directory for the sample project that one agent builds; exists and is empty.</param>
    public static IReadOnlyList<DemoProgram> Choose(string sample)
    {
        string here = FindRepository(AppContext.BaseDirectory) ?? FindRepository(Environment.CurrentDirectory) ?? "/";
        return [History(here), Survey(here), Build(sample)];
    }

    // --no-pager, as nobody is there to press a key.
    private static DemoProgram History(string here) =>
        here != "/" && Runs("git", "-C", here, "log", "-1", "--oneline")
            ? new DemoProgram
            {
                Agent = "demo-historian",
                Intent = "Reading what changed in this repository lately.",
                Command = "git --no-pager log --color=always --stat -n 60",
                Directory = here,
                ExpectedBytes = 60_000,
            }
            : new DemoProgram
            {
                Agent = "demo-historian",
                Intent = "Reading what runs on this machine.",
                Command = "ps aux",
                Directory = "/",
                ExpectedBytes = 20_000,
            };

    private static DemoProgram Survey(string here) => new()
    {
        Agent = "demo-surveyor",
        Intent = "Looking through the files.",
        Command = here == "/" ? "ls -lR --color=always /etc | head -n 3000" : "ls -lR --color=always . | head -n 3000",
        Directory = here,
        ExpectedBytes = 150_000,
    };

    // No build servers: they would outlive the devhost.
    private static DemoProgram Build(string sample) =>
        Runs("dotnet", "--version")
            ? new DemoProgram
            {
                Agent = "demo-builder",
                Intent = "Building the sample project.",
                Command = "dotnet build --no-incremental -nodeReuse:false -p:UseSharedCompilation=false",
                Directory = sample,
                ExpectedBytes = 6_000,
                Prepare = run => SampleProject.Write(sample, run),
            }
            : new DemoProgram
            {
                Agent = "demo-builder",
                Intent = "Counting the words of the system's dictionaries.",
                Command = "find /usr/share -type f -name '*.txt' -exec wc -w {} +",
                Directory = "/",
                ExpectedBytes = 6_000,
            };

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
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
