using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Lets nothing through to Redis before the log's layout was found to be the one this process is configured for, and
/// nothing more once it is another: a process with other partitions never writes.
/// </summary>
internal sealed class RedisLayoutGate(RedisConnection connection, RedisKeys keys, int partitions)
{
    private volatile bool _isRight;

    /// <summary>Returns at once if the layout is known to be right; else looks.</summary>
    /// <exception cref="LogUnavailableException">It is not, or Redis gave no answer.</exception>
    public ValueTask PassAsync(CancellationToken cancellationToken) =>
        _isRight ? ValueTask.CompletedTask : new ValueTask(LookAsync(cancellationToken));

    /// <summary>
    /// Looks at the layout. Where there is none, because the log is new or was lost, the first process that looks
    /// writes its own.
    /// </summary>
    /// <exception cref="LogLayoutException">The log has other partitions, or was repartitioned meanwhile.</exception>
    /// <exception cref="LogUnavailableException">It is being repartitioned, or gave no answer.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        // Calls of a process that begins come at the same time: one may learn the generation while another looks.
        bool isKnown = keys.IsKnown;
        var own = new RedisGeneration(partitions, isKnown ? keys.Generation : 0);
        await connection.RunAsync(
            redis => redis.GetDatabase().StringSetAsync(RedisKeys.Layout, own.ToString(), null, When.NotExists),
            0,
            cancellationToken);
        RedisValue text = await connection.RunAsync(
            redis => redis.GetDatabase().StringGetAsync(RedisKeys.Layout), 0, cancellationToken);
        if (!RedisLayout.TryParse(text, out RedisLayout layout))
        {
            throw Refused(new LogLayoutException(
                $"rt:layout is \"{text}\", which this version does not know. Run the version that wrote it."));
        }

        bool isInForce = isKnown ? layout.InForce == own : layout.InForce.Partitions == partitions;
        if (layout.Target is { } target && (isInForce || target.Partitions == partitions))
        {
            throw new LogUnavailableException(
                LogUnavailableReason.Repartitioning,
                $"The log is being repartitioned from {layout.InForce.Partitions} to {target.Partitions} partitions. "
                    + "It takes nothing until that is done, resumed or aborted (realtime-worker repartition).");
        }

        if (layout.InForce.Partitions != partitions)
        {
            throw Refused(new LogLayoutException(partitions, layout.InForce.Partitions));
        }

        RedisGeneration known = keys.Learn(layout.InForce);
        if (known != layout.InForce)
        {
            throw Refused(new LogLayoutException(
                $"The log has {partitions} partitions as this process is configured for, but was repartitioned since "
                    + $"it started (it knows {known}, found {layout.InForce}). Start it again."));
        }

        _isRight = true;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken);
        }
        catch (LogLayoutException mismatch)
        {
            throw new LogUnavailableException(LogUnavailableReason.Layout, mismatch.Message, mismatch);
        }
    }

    private LogLayoutException Refused(LogLayoutException mismatch)
    {
        _isRight = false;
        return mismatch;
    }
}
