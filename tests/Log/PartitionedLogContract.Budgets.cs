using Realtime.Log;
using Realtime.Log.Budgets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>What tenants use over all workers.</summary>
public abstract partial class PartitionedLogContract
{
    private static readonly BudgetRates Rates = new(1_000, 100_000);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_seconds_worth_is_had_at_once_and_what_is_beyond_it_has_to_be_waited_for()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Assert.Equal(default, await SettleAsync(log, new BudgetUse(1_000, 0)));

        // What was filled up between the two calls is less than three seconds' worth.
        BudgetWait wait = await SettleAsync(log, new BudgetUse(10_000, 0));
        Assert.InRange(wait.Events, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, wait.Bytes);
        wait = await SettleAsync(log, new BudgetUse(0, 1_100_000));
        Assert.InRange(wait.Bytes, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(10));
        Assert.Equal(wait.Longest, wait.Events > wait.Bytes ? wait.Events : wait.Bytes);
    }

    [Fact]
    public async Task After_the_wait_there_is_room_again()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        BudgetWait wait = await SettleAsync(log, new BudgetUse(1_300, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(300), wait.Events);

        await Eventually.TrueAsync("there is room", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(20));
            return await SettleAsync(log, default) == default;
        });
    }

    [Fact]
    public async Task Workers_use_the_same_budget_and_tenants_and_all_together_each_their_own()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await using IPartitionedLog second = await AnotherAsync(log);
        await SettleAsync(log, new BudgetUse(30_000, 0));

        Assert.NotEqual(default, await SettleAsync(second, default));
        Assert.Equal(default, await log.Budgets.SettleAsync($"t{Guid.NewGuid():N}", default, Rates, None));
        var all = new BudgetRates(1_000_000_000, BudgetRates.NoLimit);
        Assert.Equal(default, await log.Budgets.SettleAsync(null, new BudgetUse(1_000, 0), all, None));
    }

    [Fact]
    public async Task Places_are_counted_over_workers_by_tenant_and_by_subject()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var limits = new PlaceLimits(4, 2);
        Assert.Equal(new PlaceAnswer(PlaceRefusal.None, 1), await EnterAsync(log, "w1", new(1, "ann", 1), limits));
        Assert.Equal(new PlaceAnswer(PlaceRefusal.None, 2), await EnterAsync(log, "w2", new(1, "ann", 1), limits));
        Assert.Equal(new PlaceAnswer(PlaceRefusal.Subject, 2), await EnterAsync(log, "w2", new(2, "ann", 2), limits));
        Assert.Equal(new PlaceAnswer(PlaceRefusal.None, 2), await EnterAsync(log, "w2", new(2, "bob/w1", 1), limits));
        Assert.Equal(new PlaceAnswer(PlaceRefusal.None, 2), await EnterAsync(log, "w1", new(2, "eve", 1), limits));
        Assert.Equal(new PlaceAnswer(PlaceRefusal.Tenant, 2), await EnterAsync(log, "w1", new(3, "joe", 1), limits));

        // Of another tenant they are no concern.
        Assert.Equal(PlaceRefusal.None, (await log.Budgets.EnterAsync(
            new PlaceHolder($"t{Guid.NewGuid():N}", "w1", Lease), new(4, "ann", 2), limits, None)).Refusal);
    }

    [Fact]
    public async Task Places_that_were_left_are_free_again()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var limits = new PlaceLimits(2, 2);
        await EnterAsync(log, "w1", new(1, "ann", 1), limits);
        await EnterAsync(log, "w1", new(2, "ann", 2), limits);
        Assert.Equal(PlaceRefusal.Tenant, (await EnterAsync(log, "w2", new(1, "ann", 1), limits)).Refusal);

        Assert.True(await ReportAsync(log, "w1", 1, ("ann", 1)));
        Assert.Equal(PlaceRefusal.None, (await EnterAsync(log, "w2", new(1, "ann", 1), limits)).Refusal);
        Assert.True(await ReportAsync(log, "w1", 0, ("ann", 0)));
        Assert.Equal(
            new PlaceAnswer(PlaceRefusal.None, 1), await EnterAsync(log, "w2", new(2, "ann", 2), limits));
    }

    [Fact]
    public async Task Places_that_one_subject_left_are_free_while_the_worker_has_others()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var limits = new PlaceLimits(10, 2);
        await EnterAsync(log, "w1", new(1, "ann", 1), limits);
        await EnterAsync(log, "w1", new(2, "ann", 2), limits);
        await EnterAsync(log, "w1", new(3, "bob", 1), limits);
        Assert.Equal(PlaceRefusal.Subject, (await EnterAsync(log, "w2", new(1, "ann", 1), limits)).Refusal);

        Assert.True(await ReportAsync(log, "w1", 1, ("ann", 0)));
        Assert.Equal(PlaceRefusal.None, (await EnterAsync(log, "w2", new(1, "ann", 2), limits)).Refusal);
        Assert.Equal(PlaceRefusal.Subject, (await EnterAsync(log, "w2", new(2, "bob", 2), limits)).Refusal);
    }

    [Fact]
    public async Task Places_of_a_worker_that_is_not_heard_of_come_free_and_a_report_brings_them_back()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var limits = new PlaceLimits(3, 2);

        // While another lives, so that it is told apart from a tenant that nobody has heard of.
        await EnterAsync(log, "w3", new(1, "joe", 1), limits);
        TimeSpan brief = TimeSpan.FromMilliseconds(200);
        var dying = new PlaceHolder(Stream.Tenant, "w1", brief);
        Assert.Equal(
            PlaceRefusal.None, (await log.Budgets.EnterAsync(dying, new(2, "ann", 2), limits, None)).Refusal);

        await Eventually.TrueAsync("its places are free", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(50));
            return (await EnterAsync(log, "w2", new(2, "ann", 2), limits)).Refusal == PlaceRefusal.None;
        });

        Assert.False(await ReportAsync(log, "w1", 2, ("ann", 2)));
        Assert.True(await ReportAsync(log, "w1", 2));
        Assert.Equal(PlaceRefusal.Tenant, (await EnterAsync(log, "w2", new(3, "bob", 1), limits)).Refusal);
    }

    [Fact]
    public async Task A_worker_may_report_of_more_subjects_than_fit_one_call()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        (string, int)[] subjects = [.. Enumerable.Range(0, 2_500).Select(i => ($"subject-{i}", 2))];
        await ReportAsync(log, "w1", 5_000, subjects);

        foreach (string subject in (string[])["subject-0", "subject-1000", "subject-2499"])
        {
            Assert.Equal(
                PlaceRefusal.Subject,
                (await EnterAsync(log, "w2", new(1, subject, 1), new PlaceLimits(10_000, 2))).Refusal);
        }
    }

    private Task<BudgetWait> SettleAsync(IPartitionedLog log, BudgetUse use) =>
        log.Budgets.SettleAsync(Stream.Tenant, use, Rates, None);

    private Task<PlaceAnswer> EnterAsync(IPartitionedLog log, string worker, PlaceCount own, PlaceLimits limits) =>
        log.Budgets.EnterAsync(new PlaceHolder(Stream.Tenant, worker, Lease), own, limits, None);

    private Task<bool> ReportAsync(
        IPartitionedLog log, string worker, int total, params (string Subject, int Count)[] subjects) =>
        log.Budgets.ReportAsync(
            new PlaceHolder(Stream.Tenant, worker, Lease), total,
            [.. subjects.Select(one => KeyValuePair.Create(one.Subject, one.Count))], None);
}
