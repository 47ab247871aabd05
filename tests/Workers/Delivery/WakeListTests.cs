using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

public sealed class WakeListTests
{
    private readonly WakeList _wakes = new();

    [Fact]
    public async Task Nobody_wakes_before_the_list_is_flushed_and_all_do_then()
    {
        Waiter[] waiters = [new(), new(), new()];
        foreach (Waiter waiter in waiters)
        {
            _wakes.Add(waiter.Signal);
        }

        Assert.All(waiters, static waiter => Assert.False(waiter.Waiting.IsCompleted));
        _wakes.Flush();
        await Task.WhenAll(waiters.Select(static waiter => waiter.Waiting)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Flushed_here_they_have_woken_when_the_call_returns()
    {
        Waiter[] waiters = [new(), new(), new()];
        foreach (Waiter waiter in waiters)
        {
            _wakes.Add(waiter.Signal);
        }

        _wakes.FlushHere();
        Assert.All(waiters, static waiter => Assert.True(waiter.Waiting.IsCompleted));
    }

    [Fact]
    public async Task A_crowd_does_not_wait_for_the_flush()
    {
        Waiter[] waiters = [.. Enumerable.Range(0, 32).Select(static _ => new Waiter())];
        foreach (Waiter waiter in waiters)
        {
            _wakes.Add(waiter.Signal);
        }

        await Task.WhenAll(waiters.Select(static waiter => waiter.Waiting)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Who_is_awake_already_is_not_woken_again_but_finds_that_there_is_something()
    {
        var signal = new Signal();
        _wakes.Add(signal);
        _wakes.Add(signal);
        _wakes.FlushHere();
        Assert.True(WaitAsync(signal).IsCompletedSuccessfully);
        Assert.False(WaitAsync(signal).IsCompleted);
    }

    [Fact]
    public void Who_waits_again_while_the_others_wake_can_be_added_again()
    {
        var again = new Waiter();
        var last = new Waiter();
        _wakes.Add(again.Signal);
        _wakes.Add(last.Signal);
        _wakes.FlushHere();
        again.WaitAgain();
        _wakes.Add(again.Signal);
        Assert.False(again.Waiting.IsCompleted);
        _wakes.FlushHere();
        Assert.True(again.Waiting.IsCompleted);
    }

    private static async Task WaitAsync(Signal signal) => await signal.WaitAsync();

    private sealed class Waiter
    {
        public Waiter() => WaitAgain();

        public Signal Signal { get; } = new();

        public Task Waiting { get; private set; } = Task.CompletedTask;

        public void WaitAgain() => Waiting = WaitAsync(Signal);
    }
}
