using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// One life of a connection: the client library's multiplexer and what waits on it for an answer. While Redis hangs
/// the library would queue without end; here the bytes that wait are bounded.
/// </summary>
internal sealed class RedisLink(ConnectionMultiplexer multiplexer, int bytesMax)
{
    // What a command costs besides its payload: the library's message, its tasks, keys and numbers.
    private const int CommandBytes = 1024;

    private long _bytes;
    private int _hurried;

    /// <summary>The client library's connection.</summary>
    public ConnectionMultiplexer Multiplexer { get; } = multiplexer;

    /// <summary>Whether somebody found that this connection leads to the wrong server.</summary>
    public bool IsHurried => Volatile.Read(ref _hurried) == 1;

    /// <summary>Asks for another connection at the next probe.</summary>
    public void Hurry() => Volatile.Write(ref _hurried, 1);

    /// <summary>Counts a command in, until <see cref="Leave"/>; false if too much waits already.</summary>
    public bool TryEnter(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes + CommandBytes) <= bytesMax)
        {
            return true;
        }

        Leave(bytes);
        return false;
    }

    /// <summary>Counts a command out.</summary>
    public void Leave(int bytes) => Interlocked.Add(ref _bytes, -(bytes + CommandBytes));
}
