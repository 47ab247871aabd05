using Realtime.Log;
using Realtime.Log.Revocations;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>Revocations that workers share.</summary>
public abstract partial class PartitionedLogContract
{
    // Far off: the test's clock may stand anywhere.
    private const long Later = 4_000_000_000_000;

    [Fact]
    public async Task A_revocation_is_read_by_whoever_asks_what_changed()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        RevocationPlace place = await EndAsync(log);
        Revocation[] added =
        [
            Revoked(RevocationKey.OfTenant(Stream.Tenant), "moved out"),
            Revoked(RevocationKey.OfSubject(Stream.Tenant, "ann / äö:=}{ \"'"), ""),
            Revoked(RevocationKey.OfToken(Stream.Tenant, "7f3a"), "a  b 3 4"),
        ];
        foreach (Revocation revocation in added)
        {
            Assert.True(await log.Revocations.AddAsync(revocation, 100_000, None));
        }

        (IReadOnlyList<RevocationChange> changes, RevocationPlace end) = await ChangesAsync(log, place);
        Assert.Equal(added, changes.Select(change => change.Revocation));
        Assert.Equal(added.Select(one => one.Key), changes.Select(change => change.Key));
        Assert.Empty((await ChangesAsync(log, end)).Changes);
        Assert.Equal(added, (await ChangesAsync(log, default)).Changes.Select(change => change.Revocation));
    }

    [Fact]
    public async Task An_undone_one_is_told_as_a_change_and_may_come_again()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var key = RevocationKey.OfSubject(Stream.Tenant, "ann");
        Assert.False(await log.Revocations.RemoveAsync(key, None));
        await log.Revocations.AddAsync(Revoked(key, "x"), 100_000, None);
        RevocationPlace place = await EndAsync(log);
        Assert.True(await log.Revocations.RemoveAsync(key, None));
        Assert.False(await log.Revocations.RemoveAsync(key, None));
        (IReadOnlyList<RevocationChange> changes, RevocationPlace end) = await ChangesAsync(log, place);
        Assert.Equal(new RevocationChange(key, null), Assert.Single(changes));

        await log.Revocations.AddAsync(Revoked(key, "again", at: 5), 100_000, None);
        Assert.Equal(
            Revoked(key, "again", at: 5), Assert.Single((await ChangesAsync(log, end)).Changes).Revocation);
    }

    [Fact]
    public async Task Of_two_orders_the_later_and_the_longer_time_stand_and_the_same_again_changes_nothing()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var key = RevocationKey.OfTenant(Stream.Tenant);
        await log.Revocations.AddAsync(Revoked(key, "first", at: 10, until: Later + 5), 100_000, None);
        await log.Revocations.AddAsync(Revoked(key, "later", at: 20, until: Later), 100_000, None);
        (IReadOnlyList<RevocationChange> changes, RevocationPlace end) = await ChangesAsync(log, default);
        Assert.Equal(Revoked(key, "later", at: 20, until: Later + 5), Assert.Single(changes).Revocation);

        await log.Revocations.AddAsync(Revoked(key, "earlier", at: 15, until: Later), 100_000, None);
        Assert.Empty((await ChangesAsync(log, end)).Changes);
        await log.Revocations.AddAsync(Revoked(key, "earlier", at: 15, until: Later + 9), 100_000, None);
        Assert.Equal(
            Revoked(key, "later", at: 20, until: Later + 9),
            Assert.Single((await ChangesAsync(log, end)).Changes).Revocation);
    }

    [Fact]
    public async Task Beyond_the_limit_none_is_kept_but_one_that_is_there_may_change()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var key = RevocationKey.OfTenant(Stream.Tenant);
        Assert.False(await log.Revocations.AddAsync(Revoked(key, "x"), 0, None));
        Assert.True(await log.Revocations.AddAsync(Revoked(key, "x", at: 1), 100_000, None));
        Assert.True(await log.Revocations.AddAsync(Revoked(key, "x", at: 2), 0, None));
        Revocation another = Revoked(RevocationKey.OfSubject(Stream.Tenant, "a"), "x");
        Assert.False(await log.Revocations.AddAsync(another, 1, None));
        Assert.Equal(2, Assert.Single((await ChangesAsync(log, default)).Changes).Revocation!.RevokedAtMs);
    }

    [Fact]
    public async Task One_whose_time_is_over_is_forgotten_by_the_next()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var past = RevocationKey.OfSubject(Stream.Tenant, "past");
        await log.Revocations.AddAsync(Revoked(past, "x", at: 1, until: 2), 100_000, None);
        await log.Revocations.AddAsync(Revoked(RevocationKey.OfSubject(Stream.Tenant, "now"), "x"), 100_000, None);
        Assert.Equal("now", Assert.Single((await ChangesAsync(log, default)).Changes).Key.Name);
    }

    [Fact]
    public async Task Many_changes_come_in_parts_and_none_twice_or_never()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        RevocationPlace place = await EndAsync(log);
        RevocationKey[] keys =
            [.. Enumerable.Range(0, 25).Select(i => RevocationKey.OfToken(Stream.Tenant, $"token-{i}"))];
        foreach (RevocationKey key in keys)
        {
            await log.Revocations.AddAsync(Revoked(key, "x"), 100_000, None);
        }

        (IReadOnlyList<RevocationChange> changes, _) = await ChangesAsync(log, place, countMax: 10);
        Assert.Equal(keys, changes.Select(change => change.Key));
    }

    [Fact]
    public async Task A_place_of_another_life_begins_at_the_beginning_and_says_so()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.Revocations.AddAsync(Revoked(RevocationKey.OfTenant(Stream.Tenant), "x"), 100_000, None);
        RevocationPlace end = await EndAsync(log);
        Assert.False((await log.Revocations.ReadAsync(end, 10, None)).IsRestart);
        Assert.True((await log.Revocations.ReadAsync(end with { Life = "other" }, 10, None)).IsRestart);
        Assert.True((await log.Revocations.ReadAsync(end with { Version = end.Version + 1 }, 10, None)).IsRestart);
        Assert.True((await log.Revocations.ReadAsync(default, 10, None)).IsRestart);
    }

    [Fact]
    public async Task Who_listens_is_rung_by_each_change_until_it_stops()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        int rung = 0;
        long order = 0;
        IAsyncDisposable listening = await log.Revocations.ListenAsync(() => Interlocked.Increment(ref rung), None);
        var key = RevocationKey.OfTenant(Stream.Tenant);
        await Eventually.TrueAsync("adding rings", async () =>
        {
            // A subscription may begin to hear somewhat after it was made.
            await log.Revocations.AddAsync(Revoked(key, "x", at: Interlocked.Increment(ref order)), 100_000, None);
            return Volatile.Read(ref rung) > 0;
        });

        // Many of each: a connection that is made or comes back rings a few times too.
        const int Changes = 10;
        int before = Volatile.Read(ref rung);
        for (int i = 0; i < Changes; i++)
        {
            Assert.True(await log.Revocations.RemoveAsync(key, None));
            Assert.True(await log.Revocations.AddAsync(Revoked(key, "x", at: ++order), 100_000, None));
        }

        await Eventually.TrueAsync(
            "adding and undoing ring each time", () => Volatile.Read(ref rung) >= before + (2 * Changes));

        // Another one goes on, so that it shows when the first would have been rung.
        int heard = 0;
        await using IAsyncDisposable other = await log.Revocations.ListenAsync(
            () => Interlocked.Increment(ref heard), None);
        await listening.DisposeAsync();
        (int last, before) = (Volatile.Read(ref rung), Volatile.Read(ref heard));
        await log.Revocations.RemoveAsync(key, None);
        await Eventually.TrueAsync("the other is rung", () => Volatile.Read(ref heard) > before);
        Assert.Equal(last, Volatile.Read(ref rung));
    }

    private static Revocation Revoked(RevocationKey key, string reason, long at = 10, long until = Later) =>
        new() { Key = key, RevokedAtMs = at, UntilMs = until, Reason = reason };

    private static async Task<RevocationPlace> EndAsync(IPartitionedLog log)
    {
        RevocationChanges read = await log.Revocations.ReadAsync(default, 1000, None);
        while (read.HasMore)
        {
            read = await log.Revocations.ReadAsync(read.Place, 1000, None);
        }

        return read.Place;
    }

    /// <summary>The changes of this test's tenant: others may share the store.</summary>
    private async Task<(IReadOnlyList<RevocationChange> Changes, RevocationPlace End)> ChangesAsync(
        IPartitionedLog log, RevocationPlace after, int countMax = 1000)
    {
        var changes = new List<RevocationChange>();
        RevocationChanges read;
        do
        {
            read = await log.Revocations.ReadAsync(after, countMax, None);
            changes.AddRange(read.Changes.Where(change => change.Key.Tenant == Stream.Tenant));
            Assert.False(read.HasMore && read.Place == after, "the next part would be the same again");
            after = read.Place;
        }
        while (read.HasMore);
        return (changes, after);
    }
}
