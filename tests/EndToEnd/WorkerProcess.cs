using System.Diagnostics;
using System.Text;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>The built worker, or edge, as a process of its own, so that its memory is its own too.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    /// <summary>What it costs now, and the most it has cost.</summary>
    public ResidentMemory Memory => ResidentMemory.Of(_process.Id);

    /// <summary>What it said; it says nothing while all is well.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts one with a command line of <c>--KEY VALUE</c>; it may not answer yet.</summary>
    public static WorkerProcess Start(
        IReadOnlyList<string> arguments, string directory, string program = "Realtime.Workers.dll")
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("REALTIME_")).ToArray())
        {
            start.Environment.Remove(name);
        }

        // Garbage that may lie about between two collections: else as much as the machine's cache is large (in hex, 4
        // MiB).
        start.Environment["DOTNET_GCgen0size"] = "400000";
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Ends it without asking, at once: no other process is started for it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        await _process.WaitForExitAsync().WaitAsync(within, TimeProvider.System);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
