using FsCheck;
using FsCheck.Fluent;
using Realtime.Loadtests.ClientProcesses;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Steps;

namespace Realtime.Tests.Loadtests.ClientProcesses;

/// <summary>What client processes tell in pieces, put together.</summary>
public class StepCountsTests
{
    // Each list is what one of two processes saw between two lines that it wrote.
    [Fact]
    public void What_processes_told_line_by_line_is_what_one_that_saw_all_would_know() =>
        Prop.ForAll<List<int>[], List<int>[]>((first, second) =>
        {
            var whole = new Step("deliver");
            var told = new Step("deliver");
            foreach (List<int>[] process in new[] { first, second })
            {
                Tell(process, whole, told);
            }

            return told.Latency.Cells().SequenceEqual(whole.Latency.Cells())
                && told.Latency.Max == whole.Latency.Max
                && (told.Done, told.Failed, told.FirstFailure) == (whole.Done, whole.Failed, whole.FirstFailure);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_told_once_is_not_told_again()
    {
        var step = new Step("connect");
        var before = new Histogram();
        (long, long) told = default;
        step.Latency.Record(70_000);
        step.Add(1, 2, "refused");

        StepCounts once = StepCounts.Since(step, before, ref told);
        StepCounts again = StepCounts.Since(step, before, ref told);

        Assert.Equal((1, 2), (once.Done, once.Failed));
        Assert.Equal([70_143, 1], once.Cells);
        Assert.Equal((0, 0), (again.Done, again.Failed));
        Assert.Empty(again.Cells);
    }

    private static void Tell(IEnumerable<List<int>> lines, Step whole, Step told)
    {
        var step = new Step("deliver");
        var before = new Histogram();
        (long, long) counts = default;
        foreach (List<int> line in lines)
        {
            foreach (int value in line)
            {
                step.Latency.Record(value);
                whole.Latency.Record(value);
                foreach (Step one in new[] { step, whole })
                {
                    one.Add(value > 0 ? 1 : 0, value > 0 ? 0 : 1, value > 0 ? null : "refused");
                }
            }

            Through(StepCounts.Since(step, before, ref counts)).AddTo(told);
        }
    }

    // As it goes from one process to another.
    private static StepCounts Through(StepCounts counts)
    {
        var line = new StringWriter();
        ClientLines.WriteAsync(line, counts).GetAwaiter().GetResult();
        return ClientLines.ReadAsync<StepCounts>(new StringReader(line.ToString()), CancellationToken.None)
            .GetAwaiter().GetResult()!;
    }
}
