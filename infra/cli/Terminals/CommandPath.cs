namespace Realtime.Cli.Terminals;

/// <summary>Finds programs as shells do.</summary>
internal static class CommandPath
{
    private const UnixFileMode Executable =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Looks for a program.</summary>
    /// <param name="command">Its name, or its path.</param>
    /// <returns>Null if it can be run; else 126 (found, can't be run) or 127 (not found), as shells answer.</returns>
    public static int? FailureOf(string command)
    {
        if (command.Contains('/'))
        {
            return File.Exists(command) ? (IsExecutable(command) ? null : 126) : Directory.Exists(command) ? 126 : 127;
        }

        string[] found = [.. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory.Length == 0 ? "." : directory, command))
            .Where(File.Exists)];
        return found.Any(IsExecutable) ? null : found.Length > 0 ? 126 : 127;
    }

    private static bool IsExecutable(string file) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Executable) != 0;
}
