using System.Text;
using Realtime.Cli.Terminals;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>Somebody at a terminal: a pseudo-terminal of the test's own, in which lines of bash run.</summary>
internal sealed class TypedTerminal : IDisposable
{
    private readonly PseudoTerminal _terminal;
    private readonly TerminalProcess _process;
    private readonly StopSignal _left = new();
    private readonly StringBuilder _shown = new();
    private readonly Task _reading;

    private TypedTerminal(PseudoTerminal terminal, TerminalProcess process)
    {
        _terminal = terminal;
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Everything that was shown.</summary>
    public string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <summary>Runs a script; <c>$RT</c> is the tool.</summary>
    public static TypedTerminal Run(
        IReadOnlyDictionary<string, string> environment, TerminalSize size, string script)
    {
        PseudoTerminal terminal = PseudoTerminal.Open(size, echoes: true);
        var variables = environment.ToDictionary(one => one.Key, one => (string?)one.Value);
        variables["RT"] = $"dotnet {CliRun.Program}";
        variables["TERM"] = "xterm-256color";
        string bash = CommandPath.Find("bash").Path!;
        Assert.Equal(0, TerminalProcess.TryStart(
            terminal, bash, ["bash", "-c", script], variables, out TerminalProcess? process));
        return new TypedTerminal(terminal, process!);
    }

    /// <summary>Types.</summary>
    public Task TypeAsync(string keys) => Task.Run(() => _terminal.Write(Encoding.UTF8.GetBytes(keys)));

    /// <summary>Drags the window's edge.</summary>
    public void Resize(TerminalSize size) => _terminal.Resize(size);

    /// <summary>Waits until something is shown.</summary>
    public Task SeesAsync(string text) => Eventually.TrueAsync(
        $"the terminal shows {text}", () => Shown.Contains(text), TimeSpan.FromSeconds(30), () => Shown);

    /// <summary>Waits for the end; the script's exit code.</summary>
    public async Task<int> ExitAsync()
    {
        int exitCode = await _process.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        _terminal.LetGo();
        await _reading.WaitAsync(TimeSpan.FromSeconds(10));
        return exitCode;
    }

    public void Dispose()
    {
        _left.Set();
        _terminal.Dispose();
        _left.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[4096];
        while (await _terminal.WaitAsync(_left, patience: null) == Readiness.Ready
            && await _terminal.ReadAsync(buffer) is int length and > 0)
        {
            lock (_shown)
            {
                _shown.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
    }
}
