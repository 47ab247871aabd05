namespace Realtime.Log.Redis.Repartitioning;

/// <summary>
/// Copies what the sweeps of the partitions go by: which terminals there are, and how far Redis' clock is to be
/// believed.
/// </summary>
internal sealed class HousekeepingCopy(RepartitionStore store)
{
    private const string Held = "!held";
    private const string Holds = "!holds";

    /// <summary>Copies all; what an attempt left that was interrupted is written again.</summary>
    public async Task RunAsync(RedisKeys from, RedisKeys to)
    {
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            var terminals = (await store.ReadWholeSetAsync(from.Terminals(partition)))
                .GroupBy(entry => RedisKeys.ToTerminal(entry.Member) is var terminal
                    ? Partitioner.Of(terminal.Tenant, terminal.Task, to.Partitions)
                    : 0);
            foreach (var group in terminals)
            {
                await store.AddToSetAsync(to.Terminals(group.Key), [.. group]);
            }
        }

        await CopyClockAsync(from, to);
    }

    // Events of any old partition come into any new one: ages are counted back by as much as in the one that was held
    // back most, for as long as in any, so that a jump of before takes nothing early.
    private async Task CopyClockAsync(RedisKeys from, RedisKeys to)
    {
        double held = 0;
        double holds = 0;
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            string streams = from.Streams(partition);
            held = Math.Max(held, await store.ReadScoreAsync(streams, Held) ?? 0);
            holds = Math.Max(holds, await store.ReadScoreAsync(streams, Holds) ?? 0);
        }

        for (int partition = 0; partition < to.Partitions && held > 0; partition++)
        {
            await store.AddToSetAsync(to.Streams(partition), [(Held, held), (Holds, holds)]);
        }
    }
}
