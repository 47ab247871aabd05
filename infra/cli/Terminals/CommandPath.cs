namespace Realtime.Cli.Terminals;

/// <summary>Finds programs as shells do.</summary>
internal static class CommandPath
{
    /// <summary>What shells answer about a program that can't be run, and about one that is not there.</summary>
    public const int CannotRun = 126;

    /// <inheritdoc cref="CannotRun"/>
    public const int NotFound = 127;

    private const UnixFileMode Executable =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Looks for a program.</summary>
    /// <param name="command">Its name, or its path.</param>
    /// <returns>Its path; or null, and what shells answer.</returns>
    public static (string? Path, int ExitCode) Find(string command)
    {
        if (command.Contains('/'))
        {
            return File.Exists(command)
                ? (IsExecutable(command) ? command : null, CannotRun)
                : (null, Directory.Exists(command) ? CannotRun : NotFound);
        }

        string[] found = [.. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory.Length == 0 ? "." : directory, command))
            .Where(File.Exists)];
        return (found.FirstOrDefault(IsExecutable), found.Length > 0 ? CannotRun : NotFound);
    }

    private static bool IsExecutable(string file) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Executable) != 0;
}
