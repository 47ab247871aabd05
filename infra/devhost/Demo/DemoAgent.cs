using Realtime.Client;

namespace Realtime.Devhost.Demo;

/// <summary>One agent: works on the tasks of its plan one after the other, and again from the first.</summary>
internal sealed partial class DemoAgent(
    DemoPlan plan, string taskPrefix, RealtimeClient client, DemoOptions options, TimeProvider time,
    ILogger<DemoAgent> logger)
{
    private readonly CostMeter _cost = new();
    private readonly Dictionary<string, long> _bytesOfCommands = [];

    /// <summary>Its id.</summary>
    public string Id => plan.Agent;

    /// <summary>The name of its task number <paramref name="run"/>, from 1.</summary>
    public string TaskOf(int run) => $"{taskPrefix}-{run}";

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="firstDelay">How much longer than others the first task is queued.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(TimeSpan firstDelay, CancellationToken stopping)
    {
        TimeSpan queueTime = firstDelay + options.QueueTime;
        for (int run = 1; !stopping.IsCancellationRequested; run++)
        {
            try
            {
                await RunTaskAsync(run, queueTime, stopping);
                await Task.Delay(options.PauseBetweenTasks * plan.RestFactor, time, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is RealtimeException or IOException or InvalidOperationException
                or UnauthorizedAccessException or OperationCanceledException or System.ComponentModel.Win32Exception)
            {
                Log.TaskFailed(logger, plan.Agent, failure.Message);
                await Task.Delay(options.PauseBetweenTasks, time, stopping).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing);
            }

            queueTime = options.QueueTime;
        }
    }

    private Task RunTaskAsync(int run, TimeSpan queueTime, CancellationToken stopping)
    {
        string task = TaskOf(run);
        var running = new DemoTaskRun(
            plan.Tasks[(run - 1) % plan.Tasks.Count], new DemoEvents(plan.Agent, task, time),
            new DemoTerminal(plan.Agent, task, client), _cost, _bytesOfCommands, client, options, time);
        return running.RunAsync(queueTime, stopping);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Demo agent {Agent} gave up on a task and will start another: {Reason}")]
        public static partial void TaskFailed(ILogger logger, string agent, string reason);
    }
}
