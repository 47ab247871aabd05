using System.Buffers;
using System.Text.Json.Nodes;

namespace Realtime.Devhost.Demo;

/// <summary>
/// One agent: runs its program again and again, each time as a task of its own, and publishes what a viewer wants to
/// see: status, progress, messages, cost, and the terminal itself.
/// </summary>
internal sealed partial class DemoAgent(
    DemoProgram program, string taskPrefix, PublicApi api, DemoOptions options, TimeProvider time,
    ILogger<DemoAgent> logger)
{
    private const int ExitCodeStopped = 143; // 128 + SIGTERM, as shells tell it
    private const double DollarsPerKilobyte = 0.0004;
    private const int MillisecondsPerRead = 100;

    private long _expectedBytes = program.ExpectedBytes;
    private double _dollarsTotal;

    /// <summary>Its id.</summary>
    public string Id => program.Agent;

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        for (int run = 1; !stopping.IsCancellationRequested; run++)
        {
            try
            {
                await RunTaskAsync(run, stopping);
                await Task.Delay(options.PauseBetweenTasks, time, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is RefusedException or IOException or InvalidOperationException
                or UnauthorizedAccessException or OperationCanceledException or System.ComponentModel.Win32Exception)
            {
                Log.TaskFailed(logger, program.Agent, failure.Message);
                await Task.Delay(options.PauseBetweenTasks, time, stopping).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunTaskAsync(int run, CancellationToken stopping)
    {
        string task = $"{taskPrefix}-{run}";
        var progress = new ProgressMeter(_expectedBytes);
        program.Prepare?.Invoke(run);
        await api.PublishAsync(
            [
                Event("tasks", "task.started", task, new JsonObject { ["command"] = program.Command }),
                Status(task, "working", program.Intent),
                Progress(task, progress, "starting"),
                Event("messages", "agent.message", task, new JsonObject { ["text"] = program.Intent }),
            ],
            stopping);

        int? exitCode = null;
        long bytes = 0;
        try
        {
            using var limit = new CancellationTokenSource(options.ProgramTimeout, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
            await using RunningProgram running = RunningProgram.Start(program.Command, program.Directory);
            await foreach (ReadOnlyMemory<byte> chunk in ReadAsync(running, ending.Token))
            {
                await api.AppendTerminalAsync(task, bytes, chunk, ending.Token);
                bytes += chunk.Length;
                if (progress.Advance(bytes))
                {
                    await api.PublishAsync([Progress(task, progress, "running")], ending.Token);
                }
            }

            exitCode = await running.WaitAsync(ending.Token);
            _expectedBytes = Math.Max(1, bytes);
            progress.Complete();
        }
        finally
        {
            await EndAsync(task, exitCode, bytes, progress, stopping);
        }
    }

    // Also when the devhost ends or the program took too long: a task that stays "working" for ever is a lie.
    private async Task EndAsync(
        string task, int? exitCode, long bytes, ProgressMeter progress, CancellationToken stopping)
    {
        using var farewell = new CancellationTokenSource(options.FarewellTimeout, time);
        CancellationToken patience = exitCode is null ? farewell.Token : stopping;
        int code = exitCode ?? ExitCodeStopped;
        string outcome = exitCode switch { 0 => "done", null => "stopped", _ => "failed" };
        double dollars = bytes / 1024.0 * DollarsPerKilobyte;
        _dollarsTotal += dollars;
        try
        {
            await api.EndTerminalAsync(task, code, patience);
            await api.PublishAsync(
                [
                    Progress(task, progress, outcome),
                    Event("budget", "budget.cost", task, new JsonObject
                    {
                        ["usd"] = Math.Round(dollars, 6),
                        ["usd_total"] = Math.Round(_dollarsTotal, 6),
                    }),
                    Event("messages", "agent.message", task, new JsonObject
                    {
                        ["text"] = $"{outcome}: exit code {code}, {bytes} bytes of output.",
                    }),
                    Event("tasks", "task.finished", task, new JsonObject { ["exit_code"] = code }),
                    Status(task, outcome, $"exit code {code}"),
                ],
                patience);
        }
        catch (OperationCanceledException) when (farewell.IsCancellationRequested)
        {
            // The edge is away: the terminal is ended by the idle sweep.
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        RunningProgram running,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ending)
    {
        int share = Math.Clamp(options.ReadBytesPerSecond * MillisecondsPerRead / 1000, 1, options.ChunkBytesMax);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(share);
        try
        {
            while (await running.ReadAsync(buffer.AsMemory(0, share), ending) is > 0 and var read)
            {
                yield return buffer.AsMemory(0, read);
                await Task.Delay(TimeSpan.FromMilliseconds(MillisecondsPerRead), time, ending);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private JsonObject Status(string task, string status, string detail) =>
        Event("agents", "agent.status", task, new JsonObject { ["status"] = status, ["detail"] = detail }, "status");

    private JsonObject Progress(string task, ProgressMeter progress, string step) =>
        Event(
            "agents", "agent.progress", task,
            new JsonObject { ["percent"] = progress.Percent, ["step"] = step }, "progress");

    private JsonObject Event(string channel, string type, string task, JsonObject payload, string? state = null)
    {
        var published = new JsonObject
        {
            ["channel"] = channel,
            ["type"] = type,
            ["agent"] = program.Agent,
            ["task"] = task,
            ["project"] = "demo",
            ["payload"] = payload,
        };
        if (state is not null)
        {
            published["state_key"] = $"agent:{program.Agent}:{state}";
        }

        return published;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Demo agent {Agent} gave up on a task and will start another: {Reason}")]
        public static partial void TaskFailed(ILogger logger, string agent, string reason);
    }
}
