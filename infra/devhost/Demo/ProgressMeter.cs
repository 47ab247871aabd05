namespace Realtime.Devhost.Demo;

/// <summary>Turns bytes of output into a percentage that never runs backwards and is 100 only at the end.</summary>
internal sealed class ProgressMeter(long expectedBytes)
{
    private const int PercentMaxBeforeEnd = 99;

    private readonly long _expectedBytes = Math.Max(1, expectedBytes);

    /// <summary>The percentage now.</summary>
    public int Percent { get; private set; }

    /// <summary>Takes note of the bytes so far; true if the percentage rose.</summary>
    public bool Advance(long bytes)
    {
        int percent = (int)Math.Min(PercentMaxBeforeEnd, bytes * 100 / _expectedBytes);
        if (percent <= Percent)
        {
            return false;
        }

        Percent = percent;
        return true;
    }

    /// <summary>The program ended by itself.</summary>
    public void Complete() => Percent = 100;
}
