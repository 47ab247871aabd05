using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>Housekeeping of one partition, on the bulk connection, a bounded number of streams at a time.</summary>
internal sealed class RedisSweeper(
    RedisConnection bulk, RedisKeys keys, RedisTerminalRegistry registry, RedisClock clock, LogOptions options)
{
    private const int PageSize = 64;

    // A round looks at this many terminals at most; what is left is due in the next one.
    private const int TerminalsMax = 1024;

    // A stream with nothing in it is forgotten this long after everything in it expired: only then do cursors lose
    // their epoch.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(7);

    public async Task<SweepReport> SweepAsync(int partition, CancellationToken cancellationToken)
    {
        RedisKey streams = keys.Streams(partition);
        if (await bulk.RunAsync(
            redis => redis.GetDatabase().SortedSetScoreAsync(streams, RedisKeys.Sealed), 0,
            cancellationToken) is not null)
        {
            return default;
        }

        (long jump, long held) = await clock.LookAsync(partition, cancellationToken);
        (int trimmed, int expired) = await SweepStreamsAsync(partition, cancellationToken);
        int ended = await SweepTerminalsAsync(partition, held, cancellationToken);
        return new SweepReport(trimmed, expired, ended) { ClockJumpMs = jump };
    }

    private async Task<(int Trimmed, int Expired)> SweepStreamsAsync(int partition, CancellationToken cancellationToken)
    {
        int trimmed = 0;
        int expired = 0;
        for (long from = 0; ; from += PageSize)
        {
            RedisKey streams = keys.Streams(partition);
            long to = from + PageSize - 1;
            RedisValue[] tenants = await bulk.RunAsync(
                redis => redis.GetDatabase().SortedSetRangeByRankAsync(streams, from, to), 0, cancellationToken);
            RedisResult[] replies = await Task.WhenAll(tenants.Where(IsTenant).Select(
                tenant => SweepStreamAsync(new StreamKey((string)tenant!, partition), cancellationToken)));
            foreach (RedisResult reply in replies)
            {
                var counts = (int[])reply;
                trimmed += counts[0] > 0 ? 1 : 0;
                expired += counts[1];
            }

            if (tenants.Length < PageSize)
            {
                return (trimmed, expired);
            }
        }
    }

    private static bool IsTenant(RedisValue member) => ((string)member!)[0] != RedisKeys.NoTenant;

    private Task<RedisResult> SweepStreamAsync(StreamKey stream, CancellationToken cancellationToken)
    {
        RedisValue[] values =
        [
            Epoch.Create().ToString(),
            stream.Tenant,
            options.RetentionMs,
            options.StoredBytesPerStreamMax,
            options.RetentionMs,
            (long)options.IdempotencyWindow.TotalMilliseconds,
            options.RetentionMs + (long)ForgottenAfter.TotalMilliseconds,
            (long)options.ProducerWindow.TotalMilliseconds,
        ];
        return bulk.EvaluateAsync(RedisScript.SweepStream, keys.Of(stream), values, 0, cancellationToken);
    }

    private async Task<int> SweepTerminalsAsync(int partition, long heldMs, CancellationToken cancellationToken)
    {
        RedisKey due = keys.Terminals(partition);
        RedisResult reply = await bulk.EvaluateAsync(
            RedisScript.TerminalsDue, [due], [TerminalsMax], 0, cancellationToken);
        int ended = 0;
        foreach (string[] page in ((string[])reply).Chunk(PageSize))
        {
            bool[] pageEnded = await Task.WhenAll(
                page.Select(member => SweepTerminalAsync(due, member, heldMs, cancellationToken)));
            ended += pageEnded.Count(static one => one);
        }

        return ended;
    }

    private async Task<bool> SweepTerminalAsync(
        RedisKey due, string member, long heldMs, CancellationToken cancellationToken)
    {
        const int Nothing = -1;
        const int EndedNow = -2;
        TerminalKey terminal = RedisKeys.ToTerminal(member);
        RedisValue[] values =
        [
            (long)options.Terminal.IdleEnd.TotalMilliseconds + heldMs,
            LogLimits.IdleExitCode,
            (long)options.Terminal.RetentionAfterEnd.TotalMilliseconds,
            RedisKeys.Bell(terminal),
        ];
        var next = (long)await bulk.EvaluateAsync(
            RedisScript.TerminalSweep, RedisKeys.Of(terminal), values, 0, cancellationToken);
        if (next is Nothing or EndedNow)
        {
            await registry.EndedAsync(terminal, cancellationToken);
            await bulk.RunAsync(redis => redis.GetDatabase().SortedSetRemoveAsync(due, member), 0, cancellationToken);
        }
        else
        {
            await bulk.RunAsync(
                redis => redis.GetDatabase().SortedSetAddAsync(due, member, next), 0, cancellationToken);
        }

        return next == EndedNow;
    }
}
