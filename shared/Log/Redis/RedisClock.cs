using System.Collections.Concurrent;

namespace Realtime.Log.Redis;

/// <summary>
/// Keeps the clock of each partition (see <c>partition_clock.lua</c>) and finds jumps of Redis' clock by how long the
/// process itself knows that it was: by its timer, never by its wall clock.
/// </summary>
internal sealed class RedisClock(RedisConnection bulk, RedisKeys keys, LogOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, (long RedisMs, long At)> _last = new();

    // Two sweeps may both be late, by jitter and load; only a step beyond this holds anything.
    private long SlackMs => (long)Math.Max(
        options.ClockJump.TotalMilliseconds, 3 * options.SweepInterval.TotalMilliseconds);

    /// <summary>Looks at it: ms that it jumped since this process looked last, and ms that ages are counted back
    /// by.</summary>
    public async Task<(long JumpMs, long HeldMs)> LookAsync(int partition, CancellationToken cancellationToken)
    {
        var reply = (long[])await bulk.EvaluateAsync(
            RedisScript.PartitionClock, [keys.Streams(partition)], [SlackMs, options.RetentionMs], 0,
            cancellationToken);
        long now = reply[0];
        long at = time.GetTimestamp();
        long jump = _last.TryGetValue(partition, out (long RedisMs, long At) last)
            ? now - last.RedisMs - (long)time.GetElapsedTime(last.At, at).TotalMilliseconds
            : 0;
        _last[partition] = (now, at);
        return (Math.Abs(jump) > options.ClockJump.TotalMilliseconds ? jump : 0, reply[2]);
    }
}
