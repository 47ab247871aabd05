using System.Diagnostics;
using System.Text;

namespace Realtime.Tests.Cli;

/// <summary>The built tool as a process of its own, with pipes for input, output and errors.</summary>
internal sealed class CliRun : IAsyncDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly MemoryStream _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;

    private CliRun(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
    }

    /// <summary>
    /// Options of <c>env</c>: signals mean what they mean at a prompt, though a test run in the background, or one that
    /// outlives its terminal, ignores some, and would hand that down.
    /// </summary>
    public static IReadOnlyList<string> InForeground { get; } = ["--default-signal=INT,QUIT,HUP"];

    /// <summary>How it is started, for those who start it in another way.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "realtime.dll");

    public int Pid => _process.Id;

    public Stream Input => _process.StandardInput.BaseStream;

    public bool HasEnded => _process.HasExited;

    public byte[] OutputBytes
    {
        get
        {
            lock (_output)
            {
                return _output.ToArray();
            }
        }
    }

    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts it; input stays open until it is closed.</summary>
    public static CliRun Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartLine(environment, [.. InForeground, "dotnet", Program, .. arguments]);

    /// <summary>Starts it as shells start what they put into the background: the keys' signals are ignored.</summary>
    public static CliRun StartInBackground(
        IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartLine(environment, ["--ignore-signal=INT,QUIT", "--default-signal=HUP", "dotnet", Program, .. arguments]);

    /// <summary>Starts lines of bash; <c>$RT</c> is the tool.</summary>
    public static CliRun StartScript(IReadOnlyDictionary<string, string> environment, string script) =>
        StartLine(environment, [.. InForeground, $"RT=dotnet {Program}", "bash", "-c", script]);

    /// <summary>Runs lines of bash to their end, without input; <c>$RT</c> is the tool.</summary>
    public static async Task<CliRun> RunScriptAsync(IReadOnlyDictionary<string, string> environment, string script)
    {
        CliRun run = StartScript(environment, script);
        run.Input.Close();
        await run.ExitAsync();
        return run;
    }

    private static CliRun StartLine(IReadOnlyDictionary<string, string> environment, string[] line)
    {
        var start = new ProcessStartInfo("env", line)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("REALTIME_")).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new CliRun(Process.Start(start)!);
    }

    /// <summary>Runs it to its end, with this input.</summary>
    public static async Task<CliRun> RunAsync(
        IReadOnlyDictionary<string, string> environment, byte[]? input, params string[] arguments)
    {
        CliRun run = Start(environment, arguments);
        try
        {
            await run.Input.WriteAsync(input ?? []);
            run.Input.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything.
        }

        await run.ExitAsync();
        return run;
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(RunMax);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await _reading.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Still running after {RunMax}: {Errors}");
        }

        return _process.ExitCode;
    }

    /// <summary>The exit code of one that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadOutputAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        while (await _process.StandardOutput.BaseStream.ReadAsync(buffer) is int length and > 0)
        {
            lock (_output)
            {
                _output.Write(buffer, 0, length);
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        char[] buffer = new char[4096];
        while (await _process.StandardError.ReadAsync(buffer) is int length and > 0)
        {
            lock (_errors)
            {
                _errors.Append(buffer, 0, length);
            }
        }
    }
}
