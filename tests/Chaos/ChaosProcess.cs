using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos;

/// <summary>One of the built programs as a process that can be killed, stopped, asked to leave, and started again with
/// the same command line. What it says is kept in a file.</summary>
internal sealed class ChaosProcess(string name, string program, IReadOnlyList<string> arguments, string logFile)
    : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _log = new(logFile, append: true) { AutoFlush = true };
    private Process? _process;

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>How it ended, once it has.</summary>
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>Starts it, for the first time or again; it may not answer yet.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string key in start.Environment.Keys.Where(key => key.StartsWith("REALTIME_")).ToArray())
        {
            start.Environment.Remove(key);
        }

        // As in WorkerProcess: young garbage of 4 MiB at most (in hex), so that six processes fit into a small machine.
        start.Environment["DOTNET_GCgen0size"] = "400000";
        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Append;
        _process.ErrorDataReceived += Append;
        Say($"--- started as {_process.Id}");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } running)
        {
            Say("--- killed");
            running.Kill();
            await running.WaitForExitAsync();
        }
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        Say("--- SIGTERM");
        Signals.Terminate(_process!.Id);
    }

    /// <summary>Stops it in its tracks.</summary>
    public void Freeze()
    {
        Say("--- SIGSTOP");
        Signals.Stop(_process!.Id);
    }

    /// <summary>Lets it go on.</summary>
    public void Thaw()
    {
        Say("--- SIGCONT");
        Signals.Continue(_process!.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        await _log.DisposeAsync();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { } text)
        {
            Say(text);
        }
    }

    private void Say(string line)
    {
        lock (_gate)
        {
            if (_log.BaseStream is { CanWrite: true })
            {
                _log.WriteLine(
                    TimeProvider.System.GetUtcNow().ToString("HH:mm:ss.fff ", null) + line);
            }
        }
    }
}
