using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Steps;

/// <summary>Cuts what a step counts into intervals.</summary>
internal sealed class StepSampler(Step step)
{
    private readonly Histogram _before = new();
    private long _done = step.Done;
    private long _failed = step.Failed;

    /// <summary>Whose.</summary>
    public Step Step => step;

    /// <summary>What happened since the last call.</summary>
    public StepSample Next()
    {
        (long done, long failed) = (step.Done, step.Failed);
        Histogram since = step.Latency.Since(_before);
        bool isEmpty = since.Count == 0;
        var sample = new StepSample(
            done - _done, failed - _failed, isEmpty ? 0 : since.Percentile(50), isEmpty ? 0 : since.Percentile(95),
            isEmpty ? 0 : since.Percentile(99));
        (_done, _failed) = (done, failed);
        return sample;
    }
}
