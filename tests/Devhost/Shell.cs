using System.Diagnostics;
using System.Text;

namespace Realtime.Tests.Devhost;

/// <summary>Lines run by bash, as somebody would who copied them.</summary>
internal sealed class Shell : IAsyncDisposable
{
    private static readonly TimeSpan LineMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private Shell(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    public string Output => Text(_output);

    /// <summary>Output and errors, for the text of a failure.</summary>
    public string All => Output + Text(_errors);

    /// <summary>Starts lines that go on until they are disposed.</summary>
    public static Shell Start(string lines) => new(Process.Start(
        new ProcessStartInfo("bash", ["-c", $"set -e -o pipefail\n{lines}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>Runs lines to their end, which must be a success; what they wrote.</summary>
    public static async Task<string> RunAsync(string lines)
    {
        await using Shell shell = Start(lines);
        using var patience = new CancellationTokenSource(LineMax);
        await shell._process.WaitForExitAsync(patience.Token);
        Assert.True(shell._process.ExitCode == 0, $"Exit code {shell._process.ExitCode}: {lines}\n{shell.All}");
        return shell.Output;
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

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
