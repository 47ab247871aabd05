using Realtime.Loadtests.Bench;

namespace Realtime.Tests.Loadtests.Bench;

public class BenchPointTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Costs_are_medians_of_the_turns_and_the_clients_are_apart()
    {
        BenchPoint point = BenchPoints.Of(
            "realtime", 1_000, BenchPoints.Run(edge: 90), BenchPoints.Run(edge: 20), BenchPoints.Run(edge: 30));

        Assert.Equal([("edge", 30.0), ("client", 5.0)], point.Cpu);
        Assert.Equal(30, point.CpuOfSystem);
        Assert.True(point.IsExact);
    }

    [Fact]
    public void What_must_not_happen_counts_if_it_happened_once()
    {
        Assert.False(BenchPoints.Of("x", 1, BenchPoints.Run(), BenchPoints.Run(duplicates: 1)).IsExact);
        Assert.False(BenchPoints.Of("x", 1, BenchPoints.Run(p99: 20_000, duplicates: 1)).IsExact);
    }

    [Fact]
    public void Who_falls_behind_may_be_late_and_is_told_so()
    {
        BenchPoint late = BenchPoints.Of("x", 1, BenchPoints.Run(p99: 2_000));
        BenchPoint unfinished = BenchPoints.Of("x", 1, BenchPoints.Run(missing: 5));

        Assert.True(late.IsBehind && unfinished.IsBehind && unfinished.IsExact);
        Assert.False(BenchPoints.Of("x", 1, BenchPoints.Run()).IsBehind);
        Assert.Contains("fell behind", BenchTable.Remark(late));
    }

    [Fact]
    public void A_load_is_carried_if_latency_keeps_the_limit_and_nothing_is_lost()
    {
        Assert.True(BenchPoint.Keeps(BenchPoints.Run(p99: 100), Limit));
        Assert.False(BenchPoint.Keeps(BenchPoints.Run(p99: 100.1), Limit));
        Assert.False(BenchPoint.Keeps(BenchPoints.Run(missing: 1), Limit));
    }

    [Fact]
    public void The_table_has_a_line_for_each_point_and_a_column_for_each_process()
    {
        using var output = new StringWriter();

        BenchTable.Write(
            output,
            [
                BenchPoints.Of("realtime", 1_000, BenchPoints.Run()),
                BenchPoints.Of("nginx", 60_000, BenchPoints.Run()),
            ]);

        string[] lines = [.. output.ToString().Split('\n').Where(line => line.Length > 0)];
        Assert.Equal(
            ["contender", "offered/s", "deliv./s", "edge", "client", "but", "client", "p50", "p95", "p99"],
            Words(lines[1]));
        Assert.Equal(["realtime", "1,000", "990", "20", "5", "20", "3", "4.5", "9"], Words(lines[2]));
        Assert.Equal("nginx", Words(lines[3])[0]);
        Assert.All(lines[1..], line => Assert.Equal(lines[1].Length, line.Length));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
