using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Targets;

/// <summary>
/// One process of a system that is started for load: can be ended, killed, and started again. Its last lines are kept
/// for who has to say why it is not there.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int OutputLinesMax = 50;

    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(10);

    private readonly ProcessStartInfo _start;
    private readonly WatchedProcess _watched;
    private readonly Queue<string> _output = new();
    private Process? _process;

    /// <summary>Makes one; it is not started.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its command line; no secrets.</param>
    /// <param name="environment">What it is told besides, such as secrets.</param>
    /// <param name="watched">As part of what its cost is measured.</param>
    public ServerProcess(
        string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment,
        WatchedProcess watched)
    {
        Name = name;
        _watched = watched;
        _start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What this shell sets for other systems is not meant for this one.
        foreach (string key in _start.Environment.Keys.Where(key => key.StartsWith("REALTIME_")).ToArray())
        {
            _start.Environment.Remove(key);
        }

        foreach ((string key, string value) in environment)
        {
            _start.Environment[key] = value;
        }
    }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>Whether it was started and has ended.</summary>
    public bool HasEnded => _process is null or { HasExited: true };

    /// <summary>Its id.</summary>
    public int Pid => _process!.Id;

    /// <summary>Starts it, for the first time or again; it may not answer yet.</summary>
    /// <exception cref="TargetException">There is no such program.</exception>
    public void Start()
    {
        try
        {
            _process?.Dispose();
            _process = Process.Start(_start)!;
        }
        catch (Win32Exception missing)
        {
            throw new TargetException(
                $"{_start.FileName} can't be started: {missing.Message}. Is it installed? (Debian: apt-get install "
                + $"{_start.FileName})", missing);
        }

        _watched.Add(_process.Id);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it says that it is up.</summary>
    /// <exception cref="TargetException">It ended or did not come up; its last lines are in the message.</exception>
    public async Task WaitAsync(
        Func<Task<bool>> isUp, TimeSpan patience, TimeProvider time, CancellationToken stopping)
    {
        long started = time.GetTimestamp();
        while (!await isUp())
        {
            if (HasEnded)
            {
                throw new TargetException($"{Name} ended with {_process!.ExitCode} before it was up:\n{Output()}");
            }

            if (time.GetElapsedTime(started) > patience)
            {
                throw new TargetException($"{Name} was not up after {patience.TotalSeconds} s:\n{Output()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, stopping);
        }
    }

    /// <summary>kill -9; returns once it is gone.</summary>
    public async Task KillAsync()
    {
        _watched.Ending(Pid);
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, so that it ends as it should; what does not end is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            _watched.Ending(Pid);
            using (Process kill = Process.Start("kill", ["-TERM", Pid.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(CancellationToken.None);
            }

            using var patience = new CancellationTokenSource(EndMax);
            try
            {
                await _process!.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process!.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process?.Dispose();
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
