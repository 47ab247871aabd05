using System.Text;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private static readonly ProducerClaim Other = new("other", 1);

    [Fact]
    public async Task Of_two_lives_of_a_producer_the_later_one_writes_the_terminal()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "one", Runner));
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "two", Runner with { Epoch = 6 }));

        Assert.Equal(TerminalAppendStatus.StaleProducer, await AppendAsync(log, "zombie", Runner));
        Assert.Equal(
            TerminalResizeStatus.StaleProducer,
            (await log.ResizeTerminalAsync(Terminal, new TerminalSize(80, 24), Runner, None)).Status);
        Assert.Equal(
            TerminalEndStatus.StaleProducer, (await log.EndTerminalAsync(Terminal, 0, Runner, None)).Status);

        Assert.Equal("onetwo", await AllOfTerminalAsync(log));
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "!", Runner with { Epoch = 6 }));
    }

    [Fact]
    public async Task Without_a_lease_the_newcomer_takes_over_and_who_claims_nothing_may_write()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        ProducerClaim?[] writers = [Runner, Other, null, Runner];
        foreach (ProducerClaim? writer in writers)
        {
            Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "x", writer));
        }

        TerminalEndResult ended = await log.EndTerminalAsync(Terminal, 3, Other, None);
        Assert.Equal((TerminalEndStatus.Ended, 3), (ended.Status, ended.ExitCode));
    }

    [Fact]
    public async Task An_earlier_life_is_refused_also_after_others_wrote()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        ProducerClaim[] others = [.. Enumerable.Range(0, LogLimits.FormerClaimsMax).Select(
            n => new ProducerClaim($"other-{n}", 1))];
        foreach (ProducerClaim writer in (ProducerClaim[])[Runner, .. others])
        {
            Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "x", writer));
        }

        Assert.Equal(TerminalAppendStatus.StaleProducer, await AppendAsync(log, "x", Runner with { Epoch = 4 }));
        LeaseResult leased = await log.LeaseAsync(new Lease(Task1, Runner with { Epoch = 4 }, LongTerm), None);
        Assert.Equal(LeaseStatus.Stale, leased.Status);
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "x", Runner));
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "x", others[0]));
        Assert.Equal(TerminalAppendStatus.StaleProducer, await AppendAsync(log, "x", Runner with { Epoch = 4 }));

        // Of so many it is known, not of all.
        foreach (int n in Enumerable.Range(0, LogLimits.FormerClaimsMax + 1))
        {
            await AppendAsync(log, "x", new ProducerClaim($"another-{n}", 1));
        }

        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "x", Runner with { Epoch = 4 }));
    }

    [Fact]
    public async Task While_a_lease_lives_only_its_holder_writes_the_terminal()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await AppendAsync(log, "before", Other);
        Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(new Lease(Task1, Runner, LongTerm), None)).Status);

        foreach (ProducerClaim? writer in new ProducerClaim?[] { Other, null })
        {
            Assert.Equal(TerminalAppendStatus.Claimed, await AppendAsync(log, "x", writer));
            Assert.Equal(
                TerminalResizeStatus.Claimed,
                (await log.ResizeTerminalAsync(Terminal, new TerminalSize(80, 24), writer, None)).Status);
            Assert.Equal(
                TerminalEndStatus.Claimed, (await log.EndTerminalAsync(Terminal, 0, writer, None)).Status);
        }

        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "mine", Runner));
        await log.ReleaseLeaseAsync(Task1, Runner, None);
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "after", Other));
        Assert.Equal("beforemineafter", await AllOfTerminalAsync(log));
        Assert.Equal(TerminalEndStatus.Ended, (await log.EndTerminalAsync(Terminal, 0, None)).Status);
    }

    [Fact]
    public async Task A_lost_task_that_a_later_life_took_over_is_not_ended()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.LeaseAsync(new Lease(Task1, Runner, Term), None);
        await AppendAsync(log, "x", Runner with { Epoch = 6 });

        await SweepUntilLostAsync(log, Task1);

        Assert.Null((await log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        Assert.Equal(TerminalAppendStatus.Stored, await AppendAsync(log, "y", Runner with { Epoch = 6 }));
    }

    [Fact]
    public async Task A_quiet_terminal_is_not_ended_for_idling_while_a_lease_on_it_lives()
    {
        LogOptions options = Options with { Terminal = new() { IdleEnd = TimeSpan.FromMilliseconds(100) } };
        await using IPartitionedLog log = await CreateAsync(options);
        TerminalKey idle = Terminal with { Task = "task-2" };
        await AppendAsync(log, "x", Runner);
        await log.LeaseAsync(new Lease(Task1, Runner, LongTerm), None);
        await log.AppendTerminalAsync(idle, new TerminalAppend { Data = new byte[] { 1 } }, None);

        await Eventually.TrueAsync("the other is ended", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(50));
            for (int partition = 0; partition < Partitions; partition++)
            {
                await log.SweepAsync(partition, None);
            }

            return (await log.FindTerminalAsync(idle, None))!.Value.ExitCode is not null;
        });
        Assert.Null((await log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
    }

    [Fact]
    public async Task A_new_life_after_a_loss_rings_also_without_a_byte_of_it()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await AppendAsync(log, "lost", null);
        int rung = 0;
        await using IAsyncDisposable listening =
            await log.ListenTerminalAsync(Terminal, () => Interlocked.Increment(ref rung), None);
        Epoch lost = (await log.FindTerminalAsync(Terminal, None))!.Value.Epoch;
        await Eventually.TrueAsync("a bell is heard at all", async () =>
        {
            await AppendAsync(log, "x", null);
            return Volatile.Read(ref rung) > 0;
        });
        int before = await QuietAsync(log, () => Volatile.Read(ref rung));

        TerminalAppendResult anew = await log.AppendTerminalAsync(
            Terminal, new TerminalAppend { Data = default, Offset = 100, AfterLoss = lost }, None);

        Assert.NotEqual(lost, anew.Epoch);
        await Eventually.TrueAsync("the bell rings", () => Volatile.Read(ref rung) > before);
    }

    // Bells that are under way may come late; behind one of another terminal they have come.
    private async Task<int> QuietAsync(IPartitionedLog log, Func<int> rung)
    {
        int heard = 0;
        TerminalKey other = Terminal with { Task = "task-2" };
        await using IAsyncDisposable listening =
            await log.ListenTerminalAsync(other, () => Interlocked.Increment(ref heard), None);
        await Eventually.TrueAsync("the other bell is heard", async () =>
        {
            await log.AppendTerminalAsync(other, new TerminalAppend { Data = new byte[] { 1 } }, None);
            return Volatile.Read(ref heard) > 0;
        });
        return rung();
    }

    private async Task<TerminalAppendStatus> AppendAsync(IPartitionedLog log, string text, ProducerClaim? claim)
    {
        var append = new TerminalAppend { Data = Encoding.UTF8.GetBytes(text), Claim = claim };
        return (await log.AppendTerminalAsync(Terminal, append, None)).Status;
    }

    private async Task<string> AllOfTerminalAsync(IPartitionedLog log)
    {
        TerminalRead? read = await log.ReadTerminalAsync(Terminal, default, 1 << 20, ReadLane.Live, None);
        return string.Concat(read!.Chunks.Select(chunk => Encoding.UTF8.GetString(chunk.Data.Span)));
    }
}
