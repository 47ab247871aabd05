using System.Diagnostics;

namespace Realtime.Loadtests.Load;

/// <summary>
/// Begins an action as simulations say, in the terms of NBomber: open ones begin so many a second, each counted from
/// when it was due; closed ones keep so many copies, each beginning again when it is done.
/// </summary>
/// <param name="iteration">Does it once; due at a timestamp. It does not throw but for being stopped.</param>
/// <param name="concurrencyMax">Most that may be under way of open ones; more wait, and it counts.</param>
/// <param name="time">The clock.</param>
internal sealed class SimulationRunner(
    Func<long, CancellationToken, Task> iteration, int concurrencyMax, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Runs all, one stretch after the other from a timestamp on; returns when all that began is done.
    /// </summary>
    public async Task RunAsync(long start, IReadOnlyList<LoadSimulation> simulations, CancellationToken stopping)
    {
        var copies = new CopySchedule(start, simulations);
        await Task.WhenAll(
            Enumerable.Range(0, copies.Most).Select(copy => KeepAsync(copies, copy, stopping))
                .Append(RunOpenAsync(new OpenLoopSchedule(start, simulations), stopping)));
    }

    private async Task RunOpenAsync(OpenLoopSchedule schedule, CancellationToken stopping)
    {
        using var places = new SemaphoreSlim(concurrencyMax);
        var underWay = new HashSet<Task>();
        for (long i = 0; i < schedule.Count; i++)
        {
            await schedule.WaitForAsync(i, time, stopping);
            await places.WaitAsync(stopping);
            underWay.RemoveWhere(task => task.IsCompletedSuccessfully);
            underWay.Add(OneAsync(schedule.DueOf(i), places, stopping));
        }

        await Task.WhenAll(underWay);
    }

    private async Task OneAsync(long due, SemaphoreSlim places, CancellationToken stopping)
    {
        try
        {
            await iteration(due, stopping);
        }
        finally
        {
            places.Release();
        }
    }

    // At work while so many are wanted that it is one of them. What it began in one stretch may end in the next, which
    // it is a copy of as well.
    private async Task KeepAsync(CopySchedule copies, int copy, CancellationToken stopping)
    {
        while (Stopwatch.GetTimestamp() is var now && now < copies.End)
        {
            if (copy < copies.WantedAt(now))
            {
                await iteration(now, stopping);
            }
            else
            {
                await Task.Delay(LookEvery, time, stopping);
            }
        }
    }
}
