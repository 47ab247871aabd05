using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.ClientProcesses;

/// <summary>What a step counted since it last told; adds up.</summary>
/// <param name="Name">Which step.</param>
/// <param name="Done">How often it went well.</param>
/// <param name="Failed">How often it failed.</param>
/// <param name="FirstFailure">Why it did first.</param>
/// <param name="Max">The longest so far, in microseconds.</param>
/// <param name="Cells">Upper end in microseconds and count, in turn.</param>
internal sealed record StepCounts(
    string Name, long Done, long Failed, string? FirstFailure, long Max, IReadOnlyList<long> Cells)
{
    /// <summary>Adds it to a step of this process.</summary>
    public void AddTo(Step step)
    {
        step.Latency.Add(Cells.Chunk(2).Where(cell => cell.Length == 2).Select(cell => (cell[0], cell[1])), Max);
        step.Add(Done, Failed, FirstFailure);
    }

    /// <summary>What a step counted since <paramref name="before"/>, which is brought up to date.</summary>
    public static StepCounts Since(Step step, Histogram before, ref (long Done, long Failed) told)
    {
        (long done, long failed) = (step.Done, step.Failed);
        var counts = new StepCounts(
            step.Name, done - told.Done, failed - told.Failed, step.FirstFailure, step.Latency.Max,
            [.. step.Latency.Since(before).Cells().SelectMany(cell => new[] { cell.Microseconds, cell.Count })]);
        told = (done, failed);
        return counts;
    }
}
