using System.Globalization;
using Realtime.Log.Revocations;
using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>Revocations in Redis: apart from partitions, so that they hold while the log is repartitioned.</summary>
internal sealed class RedisRevocations(RedisConnection live, RedisDoorbells doorbells) : IRevocationStore
{
    private const int ReplyHead = 4;

    public async Task<bool> AddAsync(Revocation revocation, int entriesMax, CancellationToken cancellationToken)
    {
        RedisResult kept = await live.EvaluateAsync(
            RedisScript.RevocationAdd,
            RedisKeys.Revocations(),
            [
                revocation.Key.ToString(), revocation.RevokedAtMs, revocation.UntilMs, revocation.Reason, entriesMax,
                Epoch.Create().ToString(), RedisKeys.RevocationsBell,
            ],
            0,
            cancellationToken);
        return (int)kept == 1;
    }

    public async Task<bool> RemoveAsync(RevocationKey key, CancellationToken cancellationToken)
    {
        RedisResult removed = await live.EvaluateAsync(
            RedisScript.RevocationRemove, RedisKeys.Revocations(), [key.ToString(), RedisKeys.RevocationsBell], 0,
            cancellationToken);
        return (int)removed == 1;
    }

    public async Task<RevocationChanges> ReadAsync(
        RevocationPlace after, int countMax, CancellationToken cancellationToken)
    {
        RedisResult[] reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.RevocationRead,
            RedisKeys.Revocations(),
            [after.Life ?? "none", after.Version, countMax],
            0,
            cancellationToken);
        var changes = new List<RevocationChange>((reply.Length - ReplyHead) / 2);
        for (int i = ReplyHead; i + 1 < reply.Length; i += 2)
        {
            // What a later version may have written there is skipped: it is not ours to judge.
            if (RevocationKey.TryParse((string)reply[i], out RevocationKey? key))
            {
                changes.Add(new RevocationChange(key.Value, Read(key.Value, (string)reply[i + 1])));
            }
        }

        var place = new RevocationPlace((string)reply[0], (long)reply[1]);
        return new RevocationChanges(place, changes, (int)reply[2] == 1, (int)reply[3] == 1);
    }

    public Task<IAsyncDisposable> ListenAsync(Action rung, CancellationToken cancellationToken) =>
        doorbells.ListenAsync(live, RedisKeys.RevocationsBell, _ => rung(), cancellationToken);

    private static Revocation? Read(RevocationKey key, string text)
    {
        string[] parts = text.Split(' ', 3);
        return parts.Length < 3
            ? null
            : new Revocation
            {
                Key = key,
                RevokedAtMs = long.Parse(parts[0], CultureInfo.InvariantCulture),
                UntilMs = long.Parse(parts[1], CultureInfo.InvariantCulture),
                Reason = parts[2],
            };
    }
}
