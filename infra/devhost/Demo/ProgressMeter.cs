namespace Realtime.Devhost.Demo;

/// <summary>
/// Turns steps, and bytes of output inside a step, into a percentage that never runs backwards and is 100 only at the
/// end. Every step has the same share; within one the bytes of an earlier run are the measure, and without an earlier
/// run it stands still.
/// </summary>
internal sealed class ProgressMeter(int steps)
{
    private const int PercentMaxBeforeEnd = 99;

    private long? _expectedBytes;

    /// <summary>How many steps there are.</summary>
    public int Steps { get; } = Math.Max(1, steps);

    /// <summary>The step now, from 1; 0 before the first.</summary>
    public int StepNumber { get; private set; }

    /// <summary>The percentage now.</summary>
    public int Percent { get; private set; }

    /// <summary>The next step begins, all before it are done.</summary>
    /// <param name="expectedBytes">Bytes of output of an earlier run of this step, if there was one.</param>
    public void BeginStep(long? expectedBytes)
    {
        StepNumber = Math.Min(StepNumber + 1, Steps);
        _expectedBytes = expectedBytes;
        Rise(0);
    }

    /// <summary>Takes note of the step's bytes so far; true if the percentage rose.</summary>
    public bool Advance(long bytes) =>
        _expectedBytes is > 0 and var expected && Rise(Math.Min(1.0, (double)bytes / expected));

    /// <summary>All steps are done.</summary>
    public void Complete() => Percent = 100;

    private bool Rise(double ofStep)
    {
        int percent = (int)((Math.Max(StepNumber, 1) - 1 + ofStep) * 100 / Steps);
        percent = Math.Min(percent, PercentMaxBeforeEnd);
        if (percent <= Percent)
        {
            return false;
        }

        Percent = percent;
        return true;
    }
}
