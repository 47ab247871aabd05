using Realtime.Log;
using Realtime.Log.Tickets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>Tickets: each is taken once.</summary>
public abstract partial class PartitionedLogContract
{
    private static readonly TimeSpan TicketLife = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_ticket_is_taken_once_with_all_that_it_is_good_for()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        TicketRecord whole = Ticket() with
        {
            Subject = "ann / äö:=}{ \"'",
            TokenId = "7f3a",
            IssuedAt = 1_795_230_320,
            Origin = "https://app.example.org",
        };
        (string one, string two) = (NewHash(), NewHash());
        Assert.True(await log.Tickets.TryAddAsync(one, whole, TicketLife, 10, None));
        Assert.True(await log.Tickets.TryAddAsync(two, Ticket(), TicketLife, 10, None));

        TicketRecord? taken = await log.Tickets.TakeAsync(one, None);

        Assert.Equal(whole, taken! with { TokenLeft = whole.TokenLeft });
        Assert.InRange(
            taken.TokenLeft, whole.TokenLeft - TimeSpan.FromSeconds(20), whole.TokenLeft + TimeSpan.FromSeconds(1));
        Assert.Null(await log.Tickets.TakeAsync(one, None));
        Assert.Null(await log.Tickets.TakeAsync(NewHash(), None));
        TicketRecord? other = await log.Tickets.TakeAsync(two, None);
        Assert.Equal((null, null, null), (other!.TokenId, other.IssuedAt, other.Origin));
    }

    [Fact]
    public async Task Of_many_who_want_a_ticket_one_gets_it()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await using IPartitionedLog second = await AnotherAsync(log);
        for (int round = 0; round < 20; round++)
        {
            string hash = NewHash();
            await log.Tickets.TryAddAsync(hash, Ticket(), TicketLife, 10, None);

            TicketRecord?[] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
                () => (i % 2 == 0 ? log : second).Tickets.TakeAsync(hash, None))));

            Assert.Single(taken, one => one is not null);
        }
    }

    [Fact]
    public async Task A_ticket_goes_with_its_time()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        string hash = NewHash();
        var life = TimeSpan.FromMilliseconds(50);
        await log.Tickets.TryAddAsync(hash, Ticket(), life, 1, None);

        // Twice: its place begins, and ends, a moment before itself, which another node may keep.
        foreach (TimeSpan next in new[] { life, TicketLife })
        {
            await Eventually.TrueAsync("there is room again", async () =>
            {
                Tick(TimeSpan.FromMilliseconds(100));
                return await log.Tickets.TryAddAsync(NewHash(), Ticket(), next, 1, None);
            });
        }

        Assert.Null(await log.Tickets.TakeAsync(hash, None));
    }

    [Fact]
    public async Task A_tenant_has_so_many_tickets_at_a_time_and_those_taken_make_room()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        string first = NewHash();
        Assert.True(await log.Tickets.TryAddAsync(first, Ticket(), TicketLife, 2, None));
        Assert.True(await log.Tickets.TryAddAsync(NewHash(), Ticket(), TicketLife, 2, None));
        Assert.False(await log.Tickets.TryAddAsync(NewHash(), Ticket(), TicketLife, 2, None));

        // Of another tenant: it has as much room as ever.
        Assert.True(await log.Tickets.TryAddAsync(
            NewHash(), Ticket() with { Tenant = $"t{Guid.NewGuid():N}" }, TicketLife, 2, None));
        Assert.NotNull(await log.Tickets.TakeAsync(first, None));
        Assert.True(await log.Tickets.TryAddAsync(NewHash(), Ticket(), TicketLife, 2, None));
        Assert.False(await log.Tickets.TryAddAsync(NewHash(), Ticket(), TicketLife, 2, None));
    }

    [Fact]
    public async Task A_token_that_is_over_when_its_ticket_is_taken_has_nothing_left()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        string hash = NewHash();
        TicketRecord brief = Ticket() with { TokenLeft = TimeSpan.Zero };
        await log.Tickets.TryAddAsync(hash, brief, TicketLife, 2, None);

        TicketRecord? taken = await log.Tickets.TakeAsync(hash, None);

        Assert.True(taken!.TokenLeft <= TimeSpan.Zero);
    }

    /// <summary>The same log as another process has it; the embedded one has no other.</summary>
    protected virtual Task<IPartitionedLog> AnotherAsync(IPartitionedLog log) => CreateAsync(Options);

    private TicketRecord Ticket() => new()
    {
        Tenant = Stream.Tenant,
        Subject = "ann",
        Scope = "read:*",
        TokenLeft = TimeSpan.FromHours(1),
    };

    private static string NewHash() => Guid.NewGuid().ToString("N");
}
