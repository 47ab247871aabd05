using Realtime.Edge.Forwarding;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>Each way from each state of a breaker, by a clock of the test's.</summary>
public sealed class BreakerTests
{
    private static readonly BreakerOptions Options = new()
    {
        FailuresMax = 3,
        OpenFor = TimeSpan.FromSeconds(1),
        OpenForMax = TimeSpan.FromSeconds(3),
    };

    private readonly ManualClock _clock = new();
    private readonly List<BreakerState> _became = [];
    private readonly Breaker _breaker;

    public BreakerTests() => _breaker = new Breaker(Options, _clock, new LastRandom(), _became.Add);

    [Fact]
    public void It_opens_after_so_many_failures_in_a_row_and_not_before()
    {
        Fail(2);
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Succeed();
        Fail(2);
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Fail(1);

        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.False(_breaker.Admits);
        Assert.False(_breaker.TryBegin(isForced: false, out _));
        long openUntil = _clock.GetUtcNow().AddSeconds(1).ToUnixTimeMilliseconds();
        Assert.Equal(new(BreakerState.Open, 3, 1, openUntil), _breaker.Report());
    }

    [Fact]
    public void It_is_half_open_when_its_time_is_over_and_lets_one_attempt_through_at_a_time()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(BreakerState.Open, _breaker.State);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.True(_breaker.Admits);
        Assert.True(_breaker.TryBegin(isForced: false, out bool isTrial));
        Assert.True(isTrial);
        Assert.False(_breaker.Admits);
        Assert.False(_breaker.TryBegin(isForced: false, out _));
        _breaker.Abandoned(isTrial);
        Assert.True(_breaker.Admits);
    }

    [Fact]
    public void A_trial_that_takes_long_does_not_keep_the_others_waiting()
    {
        Fail(3);
        _clock.Advance(Options.OpenFor);
        Assert.True(_breaker.TryBegin(isForced: false, out bool isTrial));
        _clock.Advance(Options.OpenForMax - TimeSpan.FromTicks(1));
        Assert.False(_breaker.Admits);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(_breaker.TryBegin(isForced: false, out bool isNextTrial));
        Assert.True(isTrial && isNextTrial);
        _breaker.Succeeded(isNextTrial);
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void A_trial_that_succeeds_closes_it_and_the_next_time_open_is_short_again()
    {
        OpenTwice();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Trial(succeeds: true);

        Assert.Equal(BreakerState.Closed, _breaker.State);
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.Equal(
            [
                BreakerState.Open, BreakerState.HalfOpen, BreakerState.Open, BreakerState.HalfOpen,
                BreakerState.Closed, BreakerState.Open, BreakerState.HalfOpen,
            ],
            _became);
    }

    [Fact]
    public void A_trial_that_fails_opens_it_for_twice_as_long_up_to_a_limit()
    {
        OpenTwice();
        _clock.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Equal(BreakerState.Open, _breaker.State);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Trial(succeeds: false);
        _clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.Equal(BreakerState.Open, _breaker.State);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
    }

    [Fact]
    public void Attempts_from_before_decide_nothing_while_it_is_half_open()
    {
        Assert.True(_breaker.TryBegin(isForced: false, out bool isTrial));
        Assert.False(isTrial);
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _breaker.Failed(isTrial);

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.True(_breaker.Admits);
    }

    [Fact]
    public void Where_there_is_nobody_else_it_is_asked_all_the_same_and_success_closes_it()
    {
        Fail(3);
        Assert.True(_breaker.TryBegin(isForced: true, out bool isTrial));
        Assert.False(isTrial);
        _breaker.Succeeded(isTrial);

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void Probes_open_it_too_and_close_it_in_two_steps_without_waiting()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(BreakerState.Closed, _breaker.State);
            _breaker.ProbeFailed();
        }

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(BreakerState.Open, _breaker.State);
        _breaker.ProbeSucceeded();
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        _breaker.ProbeSucceeded();
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void Half_open_by_probes_one_more_that_fails_opens_it_again()
    {
        for (int i = 0; i < 3; i++)
        {
            _breaker.ProbeFailed();
        }

        _breaker.ProbeSucceeded();
        _breaker.ProbeFailed();
        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.Equal(2, _breaker.Report().Opened);
    }

    [Fact]
    public void Probes_do_not_close_what_attempts_opened_unless_they_failed_too()
    {
        Fail(3);
        _breaker.ProbeSucceeded();
        Assert.Equal(BreakerState.Open, _breaker.State);
        _breaker.ProbeFailed();
        _breaker.ProbeSucceeded();

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
    }

    [Fact]
    public void The_time_open_is_jittered_by_a_fifth()
    {
        var breaker = new Breaker(Options, _clock, new FirstRandom(), changed: null);
        for (int i = 0; i < 3; i++)
        {
            breaker.Failed(isTrial: false);
        }

        _clock.Advance(TimeSpan.FromMilliseconds(799));
        Assert.Equal(BreakerState.Open, breaker.State);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
    }

    private void OpenTwice()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Trial(succeeds: false);
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    private void Trial(bool succeeds)
    {
        Assert.True(_breaker.TryBegin(isForced: false, out bool isTrial));
        Assert.True(isTrial);
        if (succeeds)
        {
            _breaker.Succeeded(isTrial);
        }
        else
        {
            _breaker.Failed(isTrial);
        }
    }

    private void Fail(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.True(_breaker.TryBegin(isForced: false, out bool isTrial));
            _breaker.Failed(isTrial);
        }
    }

    private void Succeed()
    {
        Assert.True(_breaker.TryBegin(isForced: false, out bool isTrial));
        _breaker.Succeeded(isTrial);
    }

    private sealed class LastRandom : Random
    {
        public override double NextDouble() => 1;
    }

    private sealed class FirstRandom : Random
    {
        public override double NextDouble() => 0;
    }
}
