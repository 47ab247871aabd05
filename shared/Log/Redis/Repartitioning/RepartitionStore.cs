using System.Globalization;
using System.Text;
using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>The commands that a repartition sends: whole pages of them at a time, on one connection.</summary>
internal sealed class RepartitionStore(RedisConnection connection, CancellationToken stopping)
{
    private const int PageSize = 512;

    public async Task<string?> ReadLayoutAsync() =>
        await RunAsync(database => database.StringGetAsync(RedisKeys.Layout));

    /// <summary>Changes the layout if it still is what it was.</summary>
    public async Task ReplaceLayoutAsync(RedisLayout from, RedisLayout to)
    {
        RedisResult replaced = await connection.EvaluateAsync(
            RedisScript.LayoutReplace, [RedisKeys.Layout], [from.ToString(), to.ToString()], 0, stopping);
        if ((int)replaced != 1)
        {
            throw new RepartitionException(
                $"rt:layout is no longer \"{from}\": another repartition runs, or Redis lost it. "
                + "Nothing more was done.");
        }
    }

    public Task SealAsync(string streams) =>
        RunAsync(database => database.SortedSetAddAsync(streams, RedisKeys.Sealed, 0));

    public Task UnsealAsync(string streams) =>
        RunAsync(database => database.SortedSetRemoveAsync(streams, RedisKeys.Sealed));

    public Task AddTenantAsync(string streams, string tenant, long ms) =>
        RunAsync(database => database.SortedSetAddAsync(streams, tenant, ms));

    /// <summary>Redis' clock, ms since 1970.</summary>
    public async Task<long> ReadClockAsync()
    {
        var time = (RedisResult[])await RunAsync(database => database.ExecuteAsync("TIME"));
        return ((long)time[0] * 1000) + ((long)time[1] / 1000);
    }

    public Task RemoveTenantAsync(string streams, string tenant) =>
        RunAsync(database => database.SortedSetRemoveAsync(streams, tenant));

    public Task NoteCopiedAsync(string tenant) =>
        RunAsync(database => database.SetAddAsync(RedisKeys.Copied, tenant));

    public async Task<HashSet<string>> ReadCopiedAsync() =>
        [.. (await RunAsync(database => database.SetMembersAsync(RedisKeys.Copied))).Select(tenant => (string)tenant!)];

    public Task DeleteAsync(params RedisKey[] keys) => AllAsync(keys, (database, key) =>
        database.ExecuteAsync("UNLINK", key));

    /// <summary>Members of a sorted set with their scores, from the lowest.</summary>
    public async IAsyncEnumerable<(string Member, double Score)> ReadSetAsync(RedisKey key)
    {
        for (long from = 0; ; from += PageSize)
        {
            long to = from + PageSize - 1;
            SortedSetEntry[] page =
                await RunAsync(database => database.SortedSetRangeByRankWithScoresAsync(key, from, to));
            foreach (SortedSetEntry entry in page)
            {
                yield return ((string)entry.Element!, entry.Score);
            }

            if (page.Length < PageSize)
            {
                yield break;
            }
        }
    }

    public Task<double?> ReadScoreAsync(RedisKey set, string member) =>
        RunAsync(database => database.SortedSetScoreAsync(set, member));

    public Task AddToSetAsync(RedisKey key, IReadOnlyList<(string Member, double Score)> entries) =>
        AllAsync(entries, (database, entry) => database.SortedSetAddAsync(key, entry.Member, entry.Score));

    public async Task<(string Member, double Score)[]> ReadWholeSetAsync(RedisKey key)
    {
        List<(string, double)> all = [];
        await foreach ((string, double) entry in ReadSetAsync(key))
        {
            all.Add(entry);
        }

        return [.. all];
    }

    /// <summary>The last id that a stream had; nothing if there is no such stream.</summary>
    public Task<bool> ExistsAsync(RedisKey meta) => RunAsync(database => database.KeyExistsAsync(meta));

    public async Task<long> CountEntriesAsync(RedisKey log) =>
        (long)await RunAsync(database => database.ExecuteAsync("XLEN", log));

    public Task<long> CountValuesAsync(RedisKey state) => RunAsync(database => database.HashLengthAsync(state));

    /// <summary>The entries after an id, at most a page of them.</summary>
    public async Task<LogEntry[]> ReadEntriesAsync(RedisKey log, EntryId after)
    {
        string from = after == EntryId.Zero ? "-" : $"({after}";
        var page = (RedisResult[])await RunAsync(database =>
            database.ExecuteAsync("XRANGE", log, from, "+", "COUNT", PageSize));
        return [.. page.Select(ToEntry)];
    }

    public Task WriteEntriesAsync(RedisKey log, IReadOnlyList<LogEntry> entries) => AllAsync(
        entries,
        (database, entry) => database.ExecuteAsync("XADD", log, entry.Id.ToString(), "e", entry.Envelope.ToArray()));

    public Task WriteMetaAsync(RedisKey meta, Epoch epoch, EntryId last) => RunAsync(async database =>
    {
        await database.HashSetAsync(
            meta,
            [new("epoch", epoch.ToString()), new("last", Text(last.Offset)), new("ms", Text(last.Ms))]);
        return true;
    });

    public Task<HashEntry[]> ReadHashAsync(RedisKey hash) => RunAsync(database => database.HashGetAllAsync(hash));

    public Task WriteHashAsync(RedisKey hash, IReadOnlyList<HashEntry> entries) => AllAsync(
        entries, (database, entry) => database.HashSetAsync(hash, entry.Name, entry.Value));

    public Task WriteValuesAsync(RedisKey state, RedisKey stateAt, IReadOnlyList<CopiedValue> values) => AllAsync(
        values,
        (database, value) => Task.WhenAll(
            database.HashSetAsync(state, value.Key, value.Stored),
            database.SortedSetAddAsync(stateAt, value.Key, value.At)));

    /// <summary>What is stored under idempotency keys and how many ms each has left; those that expired are not
    /// in the answer.</summary>
    public async Task<IdempotencyKey[]> ReadKeysAsync(string start, IReadOnlyList<(string Member, double Score)> page)
    {
        (byte[]? Stored, TimeSpan? Left)[] found = await RunAsync(database => Task.WhenAll(page.Select(async entry =>
        {
            string key = start + entry.Member;
            Task<RedisValue> stored = database.StringGetAsync(key);
            Task<TimeSpan?> left = database.KeyTimeToLiveAsync(key);
            return ((byte[]?)await stored, await left);
        })));
        return
        [
            .. page.Zip(found)
                .Where(pair => pair.Second is { Stored: not null, Left: not null })
                .Select(pair => new IdempotencyKey(
                    pair.First.Member, pair.First.Score, pair.Second.Stored!, pair.Second.Left!.Value)),
        ];
    }

    public Task WriteKeysAsync(RedisKey keysAt, string start, IReadOnlyList<IdempotencyKey> keys) => AllAsync(
        keys,
        (database, key) => Task.WhenAll(
            database.StringSetAsync(start + key.Name, key.Stored, key.Left),
            database.SortedSetAddAsync(keysAt, key.Name, key.At)));

    /// <summary>Runs a command for each item, a page of them under way at a time.</summary>
    private async Task AllAsync<T>(IReadOnlyList<T> items, Func<IDatabase, T, Task> command)
    {
        foreach (T[] page in items.Chunk(PageSize))
        {
            await RunAsync(async database =>
            {
                await Task.WhenAll(page.Select(item => command(database, item)));
                return true;
            });
        }
    }

    private Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command) =>
        connection.RunAsync(redis => command(redis.GetDatabase()), 0, stopping);

    private static LogEntry ToEntry(RedisResult result)
    {
        var parts = (RedisResult[])result;
        string text = Encoding.ASCII.GetString((byte[])parts[0]);
        return EntryId.TryParse(text, out EntryId id)
            ? new LogEntry(id, (byte[])((RedisResult[])parts[1])[1])
            : throw new RepartitionException($"The entry id {text} was not made by the log.");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
