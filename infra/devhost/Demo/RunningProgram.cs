using System.Diagnostics;

namespace Realtime.Devhost.Demo;

/// <summary>
/// A program on a pseudo-terminal (through <c>script</c> of util-linux), or on plain pipes where that is absent. Its
/// output is read only as fast as it is taken: the kernel's buffer fills, and the program waits.
/// </summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private const int Columns = 120;
    private const int Rows = 32;

    private readonly Process _process;

    private RunningProgram(Process process) => _process = process;

    /// <summary>Whether this machine has the <c>script</c> of util-linux; that of other systems has other options.
    /// </summary>
    public static bool HasPseudoTerminals { get; } = OperatingSystem.IsLinux()
        && (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, "script")));

    /// <summary>Starts a command.</summary>
    public static RunningProgram Start(string command, string directory)
    {
        // A pseudo-terminal made by a process without one has no size; programs wrap lines by it.
        ProcessStartInfo start = HasPseudoTerminals
            ? new("script", ["-qfec", $"stty cols {Columns} rows {Rows}; {command}", "/dev/null"])
            : new("sh", ["-c", $"{command} 2>&1"]);
        start.WorkingDirectory = directory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";

        // Of the `dotnet run` that may have started this process, meant for nobody else.
        start.Environment.Remove("DOTNET_LAUNCH_PROFILE");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new RunningProgram(process);
    }

    /// <summary>Reads what is there, or waits for some; 0 at the end of all output.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stopping) =>
        _process.StandardOutput.BaseStream.ReadAsync(buffer, stopping);

    /// <summary>Waits for the end; the program's own exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken stopping)
    {
        await _process.WaitForExitAsync(stopping);
        return _process.ExitCode;
    }

    /// <summary>Kills it with everything it started, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended in this moment.
        }

        _process.Dispose();
    }
}
