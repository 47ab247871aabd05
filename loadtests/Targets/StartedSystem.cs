using System.Diagnostics;
using System.Globalization;

namespace Realtime.Loadtests.Targets;

/// <summary>A devhost started for one run, on free ports, ended by its id with the run.</summary>
internal sealed class StartedSystem : IAsyncDisposable
{
    private const int OutputLinesMax = 50;

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly DirectoryInfo _directory;
    private readonly Queue<string> _output = new();

    private StartedSystem(Process process, DirectoryInfo directory)
    {
        _process = process;
        _directory = directory;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private string ReadyPath => Path.Combine(_directory.FullName, "ready.json");

    /// <summary>Starts one; returns it once all is up.</summary>
    /// <exception cref="TargetException">It ended or did not come up; its last lines are in the message.</exception>
    public static async Task<StartedSystem> StartAsync(
        string devhost, TargetOptions options, TimeProvider time, CancellationToken stopping)
    {
        // Only this user may enter: the ready file holds tokens.
        DirectoryInfo directory = Directory.CreateTempSubdirectory("realtime-loadtest-");
        List<string> arguments =
        [
            devhost, "--port", "0", "--admin-port", "0", "--no-demo",
            "--ready-file", Path.Combine(directory.FullName, "ready.json"),
            "--workers", options.Workers.ToString(CultureInfo.InvariantCulture),
            .. options.Redis is null ? Array.Empty<string>() : ["--redis", options.Redis],
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory.FullName,
        };
        var started = new StartedSystem(Process.Start(start)!, directory);
        try
        {
            await started.WaitAsync(time, stopping);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it told.</summary>
    public ReadyFile ReadReadyFile() => ReadyFile.Read(ReadyPath);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await TerminateAsync();
        }

        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task WaitAsync(TimeProvider time, CancellationToken stopping)
    {
        long started = time.GetTimestamp();
        while (!File.Exists(ReadyPath))
        {
            if (_process.HasExited)
            {
                throw new TargetException($"The devhost ended with {_process.ExitCode} before it was up:\n{Output()}");
            }

            if (time.GetElapsedTime(started) > StartMax)
            {
                throw new TargetException($"The devhost was not up after {StartMax.TotalSeconds} s:\n{Output()}");
            }

            await Task.Delay(LookEvery, time, stopping);
        }
    }

    // SIGTERM, so that it ends as it should; what does not end is killed.
    private async Task TerminateAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        using var patience = new CancellationTokenSource(EndMax);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            if (line is not null)
            {
                _output.Enqueue(line);
            }

            if (_output.Count > OutputLinesMax)
            {
                _output.Dequeue();
            }
        }
    }

    private string Output()
    {
        lock (_output)
        {
            return string.Join('\n', _output);
        }
    }
}
