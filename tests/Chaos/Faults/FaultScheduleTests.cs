namespace Realtime.Tests.Chaos.Faults;

/// <summary>A seed is a schedule, and a schedule forgets nothing.</summary>
public class FaultScheduleTests
{
    private const int PacksLength = 23;

    [Fact]
    public void The_same_seed_is_the_same_schedule() => Assert.Equal(
        FaultSchedule.Of(7).Take(100), FaultSchedule.Of(7).Take(100));

    [Fact]
    public void Another_seed_is_another_one() => Assert.NotEqual(
        FaultSchedule.Of(7).Take(100), FaultSchedule.Of(8).Take(100));

    [Fact]
    public void Every_fault_comes_once_in_the_first_two_packs_and_the_first_has_those_that_count_most()
    {
        var first = FaultSchedule.Of(7).Take(PacksLength).Select(fault => (fault.Kind, fault.Target)).ToList();
        var second = FaultSchedule.Of(8).Take(PacksLength).Select(fault => (fault.Kind, fault.Target)).ToList();

        Assert.Equal(first.Order(), second.Order());
        Assert.Equal(Enum.GetValues<FaultKind>(), first.Select(fault => fault.Kind).Distinct().Order());
        Assert.Equal(Enum.GetValues<FaultTarget>(), first.Select(fault => fault.Target).Distinct().Order());
        Assert.Contains((FaultKind.Kill, FaultTarget.Worker), first.Take(8));
        Assert.Contains((FaultKind.RollingDrain, FaultTarget.AllWorkers), first.Take(8));
    }

    [Fact]
    public void All_workers_and_edges_have_their_share()
    {
        Fault[] many = [.. FaultSchedule.Of(7).Take(200)];

        Assert.Equal(ChaosSystem.WorkersCount, many.Select(fault => fault.Worker).Distinct().Count());
        Assert.Equal(ChaosSystem.EdgesCount, many.Select(fault => fault.Edge).Distinct().Count());
    }
}
