namespace Realtime.Workers.Ingest;

/// <summary>
/// The bytes that all requests of a worker may hold together: taken before they are read, returned when answered.
/// </summary>
internal sealed class ByteBudget(long bytesMax)
{
    private long _taken;

    /// <summary>Bytes taken now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes some bytes; false, and nothing taken, if there are not as many left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= bytesMax)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
