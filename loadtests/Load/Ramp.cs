using System.Diagnostics;

namespace Realtime.Loadtests.Load;

/// <summary>Starts a number of things on schedule, with a limit to how many are under way at a time.</summary>
internal static class Ramp
{
    /// <summary>Returns all results in order; the first failure ends the ramp.</summary>
    /// <param name="count">How many.</param>
    /// <param name="ratePerSecond">How many to start each second.</param>
    /// <param name="concurrencyMax">How many may be under way.</param>
    /// <param name="start">Makes number n, which was due at a timestamp.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<T[]> RunAsync<T>(
        int count, int ratePerSecond, int concurrencyMax, Func<int, long, CancellationToken, Task<T>> start,
        TimeProvider time, CancellationToken stopping)
    {
        using var places = new SemaphoreSlim(concurrencyMax);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var schedule = new OpenLoopSchedule(Stopwatch.GetTimestamp(), ratePerSecond);
        var started = new List<Task<T>>(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                await schedule.WaitForAsync(i, time, failed.Token);
                await places.WaitAsync(failed.Token);
                started.Add(RunOneAsync(i, schedule.DueOf(i)));
            }
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            // One failed: its exception is thrown below.
        }
        finally
        {
            await ((Task)Task.WhenAll(started)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (started.Find(task => task.IsFaulted) is { } faulted)
        {
            await faulted;
        }

        return await Task.WhenAll(started);

        async Task<T> RunOneAsync(int number, long due)
        {
            try
            {
                return await start(number, due, failed.Token);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
            finally
            {
                places.Release();
            }
        }
    }
}
