namespace Realtime.Tests.Chaos.Faults;

/// <summary>The check of a drain's pace says so when it is too fast, and only then.</summary>
public class DrainPaceCheckTests
{
    private const int Pace = 50;

    [Fact]
    public void As_many_as_the_pace_allows_are_no_fault()
    {
        DrainPaceCheck check = Of((0, 0), (1000, 52), (2000, 102));

        Assert.Empty(check.TooFast());
        Assert.Equal(52, check.FastestLeaving);
    }

    [Theory]
    [InlineData(53, 100)]
    [InlineData(40, 93)]
    [InlineData(52, 104)]
    public void More_than_the_pace_allows_is_told(int first, int second) => Assert.Contains(
        "at a pace of 50", Assert.Single(Of((0, 0), (1000, first), (2000, second)).TooFast()));

    [Fact]
    public void Time_that_an_answer_took_is_granted()
    {
        var check = new DrainPaceCheck(Pace);
        check.Looked(At(0), At(900), 0);
        check.Looked(At(1000), At(2000), 100);

        Assert.Empty(check.TooFast());
    }

    [Fact]
    public void Returns_are_counted_by_the_fullest_second()
    {
        Assert.Equal(3, DrainPaceCheck.FastestReturn([0, 999, 1000, 1500, 2600, 5000]));
        Assert.Equal(0, DrainPaceCheck.FastestReturn([]));
        Assert.Equal(2 * Pace + 2 + 7, new DrainPaceCheck(Pace).ReturnMax(arrivals: 7));
    }

    private static DrainPaceCheck Of(params (int Ms, int Told)[] looks)
    {
        var check = new DrainPaceCheck(Pace);
        foreach ((int ms, int told) in looks)
        {
            check.Looked(At(ms), At(ms), told);
        }

        return check;
    }

    private static long At(int ms) => TimeProvider.System.TimestampFrequency * ms / 1000;
}
