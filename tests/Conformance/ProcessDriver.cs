using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Conformance;

/// <summary>A driver in a process of its own: one JSON object per line on stdin and stdout.</summary>
internal sealed class ProcessDriver : ISdkDriver
{
    // Far more than any scenario makes while it reads them.
    private const int ReportsMax = 100_000;

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _asked = new();
    private readonly Channel<JsonObject> _reports = Channel.CreateBounded<JsonObject>(ReportsMax);
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;
    private int _number;

    private ProcessDriver(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    public ChannelReader<JsonObject> Reports => _reports.Reader;

    /// <summary>Starts one.</summary>
    public static ProcessDriver Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = new UTF8Encoding(false);
        return new ProcessDriver(
            Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started."));
    }

    public async Task<JsonObject> DoAsync(JsonObject command)
    {
        int number = Interlocked.Increment(ref _number);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = answer;
        command["n"] = number;
        string line = command.ToJsonString();
        lock (_process)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }

        return DriverAnswer.Check(await answer.Task.WaitAsync(FaultScene.Patience, TimeProvider.System));
    }

    /// <summary>Its input ends, and it must end by itself: whatever it left open would keep it alive.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(FaultScene.Patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            Assert.Fail("The SDK kept its process alive after everything was closed.");
        }
        finally
        {
            await _reading;
            Assert.True(_process.ExitCode == 0, $"The driver ended with {_process.ExitCode}: {_errors}");
            _process.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonObject message = JsonNode.Parse(line)!.AsObject();
            if (message["n"]?.GetValue<int>() is not int number)
            {
                _reports.Writer.TryWrite(message);
            }
            else if (_asked.TryRemove(number, out TaskCompletionSource<JsonObject>? answer))
            {
                answer.SetResult(message);
            }
        }

        _reports.Writer.Complete();
        foreach (TaskCompletionSource<JsonObject> waiting in _asked.Values)
        {
            waiting.TrySetException(new IOException($"The driver ended. {_errors}"));
        }
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
        }
    }
}
