namespace Realtime.Devhost.Certificates;

/// <summary>A lock between processes: an open file that nobody else may open. The system lets go of it with the process.</summary>
internal static class DirectoryLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the lock is ours, at most 10 s. Dispose to let go.</summary>
    public static FileStream Take(string path, TimeProvider time)
    {
        long started = time.GetTimestamp();
        using var never = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && time.GetElapsedTime(started) < Patience)
            {
                never.Wait(Interval);
            }
        }
    }
}
