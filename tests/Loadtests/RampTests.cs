using Realtime.Loadtests.Load;

namespace Realtime.Tests.Loadtests;

public class RampTests
{
    private const int Fast = 1_000_000;

    [Fact]
    public async Task Results_come_in_order()
    {
        int[] results = await Ramp.RunAsync(
            100, Fast, 4, async (number, _, _) =>
            {
                await Task.Yield();
                return number * 2;
            },
            TimeProvider.System, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 100).Select(number => number * 2), results);
    }

    [Fact]
    public async Task No_more_are_under_way_than_allowed()
    {
        int underWay = 0;
        int most = 0;
        var gate = new TaskCompletionSource();
        Task<int[]> ramp = Ramp.RunAsync(
            10, Fast, 3, async (number, _, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref underWay));
                if (number == 2)
                {
                    gate.SetResult();
                }

                await gate.Task;
                await Task.Yield();
                Interlocked.Decrement(ref underWay);
                return number;
            },
            TimeProvider.System, CancellationToken.None);

        await ramp;

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task The_first_failure_ends_it_and_is_told()
    {
        int started = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(() => Ramp.RunAsync(
            1000, Fast, 1, async (number, _, cancelled) =>
            {
                started++;
                await Task.Yield();
                return number == 5 ? throw new InvalidOperationException("refused") : number;
            },
            TimeProvider.System, CancellationToken.None));

        Assert.InRange(started, 6, 8);
    }
}
