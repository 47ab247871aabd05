namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// The highest rate at which bytes were acknowledged of late. The highest, for a sample is too low whenever something
/// else held the bytes up; of late, for a link may become thin.
/// </summary>
internal sealed class HighestRate(TimeProvider clock)
{
    private const int SamplesMax = 6;

    /// <summary>Acknowledgements come in steps of 50 ms, and slices are a quarter of what is in flight.</summary>
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan ShortestSampleTime = TimeSpan.FromMilliseconds(50);

    /// <summary>Longer than it takes to measure the way anew, when nothing is sent.</summary>
    private static readonly TimeSpan OldAge = TimeSpan.FromSeconds(2);

    private readonly (double Rate, long TakenAt)[] _samples = new (double, long)[SamplesMax];
    private int _next;
    private long _from;
    private long _bytes;

    /// <summary>Null until there is a sample.</summary>
    public double? BytesPerSecond { get; private set; }

    /// <summary>Begins a sample: what was acknowledged since the last one says nothing.</summary>
    public void Begin(long now) => (_from, _bytes) = (now, 0);

    public void Add(long bytes) => _bytes += bytes;

    /// <summary>Whether a sample is long enough: it covers one way there and back at least.</summary>
    public bool IsDue(TimeSpan shortest, long now) =>
        clock.GetElapsedTime(_from, now) >= (shortest > SampleTime ? shortest : SampleTime);

    /// <summary>Ends a sample. If there was not always more to send it only counts if it is higher than what is
    /// known.</summary>
    public void Take(bool isLimited, long now)
    {
        double rate = _bytes / Math.Max(clock.GetElapsedTime(_from, now).TotalSeconds, 0.001);
        if (isLimited || BytesPerSecond is not { } known || rate > known)
        {
            _samples[_next++ % SamplesMax] = (rate, now);
            BytesPerSecond = _samples.Max(sample =>
                clock.GetElapsedTime(sample.TakenAt, now) <= OldAge ? sample.Rate : 0);
        }

        Begin(now);
    }

    /// <summary>Ends a sample before its time, unless there is next to nothing in it.</summary>
    public void TakeEarly(long now)
    {
        if (BytesPerSecond is null || clock.GetElapsedTime(_from, now) >= ShortestSampleTime)
        {
            Take(isLimited: true, now);
        }
    }

    public void Forget()
    {
        Array.Clear(_samples);
        BytesPerSecond = null;
    }
}
