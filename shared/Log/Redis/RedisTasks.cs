namespace Realtime.Log.Redis;

/// <summary>For work of the client library that nobody waits for, or no longer.</summary>
internal static class RedisTasks
{
    /// <summary>Looks at a failure that nobody else may look at.</summary>
    public static void Observe(Task task) => task.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
