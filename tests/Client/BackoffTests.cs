using Realtime.Client.Connections;

namespace Realtime.Tests.Client;

/// <summary>Full jitter: anywhere between nothing and a bound that doubles.</summary>
public class BackoffTests
{
    [Fact]
    public void The_bound_doubles_up_to_its_limit_and_begins_anew_after_a_reset()
    {
        // The generator's largest number: the bound itself, nearly.
        var backoff = BackoffOf(0.999999999);

        Assert.Equal([100, 200, 400, 800, 1000, 1000], Take(backoff, 6));
        backoff.Reset();
        Assert.Equal([100, 200], Take(backoff, 2));
    }

    [Fact]
    public void A_delay_may_be_nothing() => Assert.Equal([0, 0], Take(BackoffOf(0), 2));

    [Fact]
    public void A_thousand_failures_overflow_nothing() =>
        Assert.All(Take(BackoffOf(0.999999999), 2000), delay => Assert.InRange(delay, 0, 1000));

    [Fact]
    public void It_waits_what_the_server_asks_and_its_own_random_time_on_top()
    {
        Backoff backoff = BackoffOf(0.5);
        Assert.Equal(TimeSpan.FromMilliseconds(7050), backoff.Next(TimeSpan.FromSeconds(7)));
        Assert.Equal(TimeSpan.FromMilliseconds(7100), backoff.Next(TimeSpan.FromSeconds(7)));
    }

    private static Backoff BackoffOf(double random) =>
        new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), new Fixed(random));

    private static double[] Take(Backoff backoff, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Round(backoff.Next().TotalMilliseconds))];

    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
