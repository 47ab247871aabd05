using System.Buffers;
using Realtime.Client;

namespace Realtime.Devhost.Demo;

/// <summary>
/// One task from its queue to its end, published as a viewer wants to see it:
/// <code>
///   queued -> working (-> waiting -> working) -> done | failed | stopped | lost
/// </code>
/// What started is always finished, also when the devhost ends.
/// </summary>
internal sealed class DemoTaskRun(
    DemoTask plan, DemoEvents events, DemoTerminal terminal, CostMeter cost, Dictionary<string, long> bytesOfCommands,
    RealtimeClient client, DemoOptions options, TimeProvider time)
{
    private readonly ProgressMeter _progress = new(plan.Steps.Count);
    private string _step = plan.Steps[0].Name;
    private bool _started;

    /// <summary>Runs it; returns when its end is told.</summary>
    /// <param name="queueTime">How long it is queued.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(TimeSpan queueTime, CancellationToken stopping)
    {
        DemoOutcome? outcome = null;
        using var limit = new CancellationTokenSource(options.TaskTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            await StartAsync(queueTime, ending.Token);
            outcome = await RunStepsAsync(ending.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            outcome = DemoOutcome.Stopped($"it took longer than {options.TaskTimeout.TotalSeconds:0} s");
        }
        finally
        {
            await EndAsync(outcome ?? DemoOutcome.Stopped("the devhost stopped it"), stopping);
        }
    }

    private async Task StartAsync(TimeSpan queueTime, CancellationToken ending)
    {
        cost.BeginTask();
        await client.PublishAsync(
            [events.Status("queued", plan.Title), events.Progress(_progress, _step)], ending);
        await Task.Delay(queueTime, time, ending);
        plan.Prepare?.Invoke();
        _started = true;
        await client.PublishAsync(
            [
                events.Started(plan),
                events.Status("working", plan.Title),
                events.Message($"{plan.Title}: {plan.Steps.Count} steps."),
            ],
            ending);
    }

    private async Task<DemoOutcome> RunStepsAsync(CancellationToken ending)
    {
        foreach (DemoStep step in plan.Steps)
        {
            _step = step.Name;
            _progress.BeginStep(
                bytesOfCommands.TryGetValue(step.Command, out long bytes) ? bytes : null);
            await client.PublishAsync([events.Progress(_progress, _step)], ending);
            if (step.Asks is not null)
            {
                await AskAsync(step.Asks, ending);
            }

            if (step.Says is not null)
            {
                await client.PublishAsync([events.Message(step.Says)], ending);
            }

            await Task.Delay(options.ThinkTime, time, ending);
            cost.Call();
            if (await RunStepAsync(step, ending) is { } outcome)
            {
                return outcome;
            }

            await client.PublishAsync([events.Cost(cost)], ending);
        }

        _progress.Complete();
        return DemoOutcome.Done(plan.Steps.Count);
    }

    private async Task AskAsync(string question, CancellationToken ending)
    {
        await client.PublishAsync(
            [events.Status("waiting", question), events.Message(question, "warning")], ending);
        await Task.Delay(options.ApprovalTime, time, ending);
        await client.PublishAsync(
            [events.Message("Approved by demo."), events.Status("working", plan.Title)], ending);
    }

    // Null: the step succeeded, the task goes on.
    private async Task<DemoOutcome?> RunStepAsync(DemoStep step, CancellationToken ending)
    {
        await terminal.PromptAsync(plan.Directory, step.Command, ending);
        long bytes = 0;
        long told = time.GetTimestamp();
        int exitCode;
        await using (RunningProgram running = RunningProgram.Start(step.Command, plan.Directory))
        {
            await foreach (ReadOnlyMemory<byte> chunk in ReadAsync(running, ending))
            {
                await terminal.AppendAsync(chunk, ending);
                bytes += chunk.Length;
                cost.Read(chunk.Length);
                if (bytes >= step.KilledAfterBytes)
                {
                    return await LoseAsync(running, ending);
                }

                if (cost.Task >= plan.BudgetDollars)
                {
                    await running.DisposeAsync();
                    await terminal.KilledAsync(ending);
                    return DemoOutcome.Stopped($"its budget of ${plan.BudgetDollars:0.00} is used up");
                }

                // The percentage is looked at only when it may be told, so that none is skipped for good.
                if (time.GetElapsedTime(told) >= options.ProgressInterval && _progress.Advance(bytes))
                {
                    told = time.GetTimestamp();
                    await client.PublishAsync([events.Progress(_progress, _step)], ending);
                }
            }

            exitCode = await running.WaitAsync(ending);
        }

        if (exitCode != 0)
        {
            return DemoOutcome.Failed(step.Name, exitCode);
        }

        bytesOfCommands[step.Command] = bytes;
        return null;
    }

    // What a crash looks like: the program dies and the agent says nothing more. Whoever watches over agents, here the
    // devhost, tells that it is lost.
    private async Task<DemoOutcome> LoseAsync(RunningProgram running, CancellationToken ending)
    {
        await running.DisposeAsync();
        await Task.Delay(options.SilenceTime, time, ending);
        await terminal.KilledAsync(ending);
        return DemoOutcome.Lost(_step);
    }

    // Read only as fast as it is taken: the program itself waits when viewers or the server are slow.
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        RunningProgram running,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ending)
    {
        int share = (int)Math.Max(1, options.ReadBytesPerSecond * options.ReadInterval.TotalSeconds);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(share);
        try
        {
            while (await running.ReadAsync(buffer.AsMemory(0, share), ending) is > 0 and var read)
            {
                yield return buffer.AsMemory(0, read);
                await Task.Delay(options.ReadInterval, time, ending);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Also when the devhost ends: a task that stays "working" for ever is a lie.
    private async Task EndAsync(DemoOutcome outcome, CancellationToken stopping)
    {
        using var farewell = new CancellationTokenSource();
        using CancellationTokenRegistration hurry =
            stopping.Register(() => farewell.CancelAfter(options.FarewellTimeout));
        CancellationToken patience = farewell.Token;
        try
        {
            if (_started)
            {
                await terminal.EndAsync(outcome.ExitCode, patience);
                await client.PublishAsync(
                    [
                        events.Progress(_progress, _step),
                        events.Cost(cost),
                        events.Message(outcome.Sentence, outcome.Level),
                        events.Finished(outcome.ExitCode),
                        events.Status(outcome.Status, outcome.Detail),
                    ],
                    patience);
            }
            else
            {
                await client.PublishAsync([events.Status(outcome.Status, outcome.Detail)], patience);
            }
        }
        catch (OperationCanceledException) when (farewell.IsCancellationRequested)
        {
            // The edge is away: the terminal is ended by the idle sweep.
        }
    }
}
