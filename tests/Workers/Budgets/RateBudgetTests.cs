using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log.Budgets;
using Realtime.Log.Memory;
using Realtime.Tests.Support;
using Realtime.Workers.Budgets;

namespace Realtime.Tests.Workers.Budgets;

/// <summary>What workers let through together, by arithmetic on a clock that the test moves.</summary>
public sealed class RateBudgetTests : IDisposable
{
    private const int Rate = 1_000;

    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 70)]
    [InlineData(4, 1_500)]
    [InlineData(20, 10)]
    public async Task All_workers_together_let_through_no_more_than_the_rate_and_a_slice_of_each(int workers, int batch)
    {
        var store = new CountingBudgets(new MemoryBudgets(_clock));
        RateBudget[] budgets = [.. Enumerable.Range(0, workers).Select(_ => NewBudget(store))];
        long let = 0;
        int seconds = 10;
        for (int ms = 0; ms < seconds * 1000; ms += 10)
        {
            foreach (RateBudget budget in budgets)
            {
                // As much as it takes, at every moment; one that takes all is not asked for ever.
                while (await budget.TakeAsync(new BudgetUse(batch, 0), default) == TimeSpan.Zero)
                {
                    let += batch;
                    Assert.InRange(let, batch, 2 * Rate * seconds);
                    await budget.EndAsync();
                }
            }

            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        long slice = Rate / 10;
        Assert.InRange(let, (long)(0.9 * Rate * seconds), (Rate * (seconds + 1)) + (workers * (slice + batch)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(70)]
    public async Task While_the_log_does_not_answer_a_slice_goes_through_and_what_is_beyond_waits(int batch)
    {
        var answers = new TaskCompletionSource();
        var store = new CountingBudgets(new MemoryBudgets(_clock)) { Answers = answers.Task };
        RateBudget budget = NewBudget(store);
        int slice = Rate / 10;
        int let = 0;
        ValueTask<TimeSpan> last;
        while ((last = budget.TakeAsync(new BudgetUse(batch, 0), default)).IsCompleted && let < 10 * Rate)
        {
            Assert.Equal(TimeSpan.Zero, await last);
            let += batch;
        }

        Assert.InRange(let, slice, slice + batch - 1);
        answers.SetResult();
        Assert.Equal(TimeSpan.Zero, await last);
    }

    // One call each 100 ms, or each 50 events if that is sooner: half a slice, so that the answer is there before the
    // other half is used up.
    [Theory]
    [InlineData(2, 90, 101)]
    [InlineData(1, 190, 201)]
    public async Task Up_to_the_rate_nobody_waits_and_a_slice_costs_a_call_or_two(int interval, int least, int most)
    {
        var store = new CountingBudgets(new MemoryBudgets(_clock));
        RateBudget budget = NewBudget(store);
        for (int ms = 0; ms < 10_000; ms += interval)
        {
            ValueTask<TimeSpan> taken = budget.TakeAsync(new BudgetUse(1, 0), default);
            Assert.True(taken.IsCompletedSuccessfully);
            Assert.Equal(TimeSpan.Zero, await taken);
            await budget.EndAsync();
            _clock.Advance(TimeSpan.FromMilliseconds(interval));
        }

        Assert.InRange(store.Calls, least, most);
    }

    [Fact]
    public async Task Who_is_refused_is_told_when_to_come_and_gets_in_then()
    {
        RateBudget budget = NewBudget(new MemoryBudgets(_clock));
        Assert.Equal(TimeSpan.Zero, await budget.TakeAsync(new BudgetUse(3_000, 0), default));
        await budget.EndAsync();

        TimeSpan wait = await budget.TakeAsync(new BudgetUse(1, 0), default);

        Assert.Equal(TimeSpan.FromSeconds(2), wait);
        _clock.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.NotEqual(TimeSpan.Zero, await budget.TakeAsync(new BudgetUse(1, 0), default));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.Zero, await budget.TakeAsync(new BudgetUse(1, 0), default));
    }

    [Fact]
    public async Task Bytes_are_a_budget_of_their_own()
    {
        RateBudget budget = NewBudget(new MemoryBudgets(_clock));
        Assert.Equal(TimeSpan.Zero, await budget.TakeAsync(new BudgetUse(1, 1_500_000), default));
        await budget.EndAsync();

        Assert.Equal(TimeSpan.FromMilliseconds(500), await budget.TakeAsync(new BudgetUse(1, 1), default));
        Assert.True(budget.IsClosedByBytes);
    }

    [Fact]
    public async Task While_the_log_is_away_the_append_says_so_and_not_the_budget()
    {
        var store = new CountingBudgets(new MemoryBudgets(_clock)) { IsAway = true };
        RateBudget budget = NewBudget(store);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, await budget.TakeAsync(new BudgetUse(1_000, 0), default));
        }

        await budget.EndAsync();
        Assert.InRange(store.Calls, 99, 100);
    }

    [Fact]
    public async Task All_together_have_a_budget_too_and_who_is_refused_by_its_own_takes_nothing_of_it()
    {
        await using MemoryLog log = RunningWorker.NewLog(clock: _clock);
        var options = new BudgetOptions { EventsPerSecond = 10, MessagesPerSecond = 100 };
        await using var budgets = new RateBudgets(log, options, new BudgetMetrics(Meters), _clock);
        Assert.Equal(TimeSpan.Zero, await TakeAsync("a", 10));
        Assert.Equal(TimeSpan.Zero, await TakeAsync("a", 10));
        for (int i = 0; i < 50; i++)
        {
            Assert.NotEqual(TimeSpan.Zero, await TakeAsync("a", 10));
        }

        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(TimeSpan.Zero, await TakeAsync($"b{i}", 10));
        }

        // A hundred, and what was let through before anybody knew.
        int more = 0;
        while (more < 10 && await TakeAsync($"c{more}", 10) == TimeSpan.Zero)
        {
            more++;
        }

        Assert.InRange(more, 0, 3);

        async Task<TimeSpan> TakeAsync(string tenant, int events)
        {
            TimeSpan wait = await budgets.TakeAsync(tenant, events, new BudgetUse(events, 1), default);
            await budgets.DisposeAsync();
            return wait;
        }
    }

    private RateBudget NewBudget(ITenantBudgets store) => new(
        store, "acme", new BudgetRates(Rate, 1_000_000), new BudgetMetrics(Meters), _clock);
}
