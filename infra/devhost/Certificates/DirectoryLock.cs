namespace Realtime.Devhost.Certificates;

/// <summary>
/// A lock between processes: two devhosts that start together must not mix one's certificate with the other's key. It
/// is an open file that nobody else may open; the system lets go of it when the process ends, in whatever way.
/// </summary>
internal static class DirectoryLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the lock is ours, at most 10 s. Dispose to let go.</summary>
    public static async Task<FileStream> TakeAsync(string directory, TimeProvider time, CancellationToken stopping)
    {
        string path = Path.Combine(directory, "devhost.lock");
        long started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Interval, time, stopping);
            }
        }
    }
}
