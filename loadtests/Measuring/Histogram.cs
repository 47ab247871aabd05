using System.Numerics;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Counts of durations in microseconds, log-linear as HdrHistogram is: exact below 256 µs, above it within 1/128
/// (0.8 %) of the value. Memory is fixed (31 KiB), recording is one atomic increment from any thread, and histograms
/// add up.
/// <code>
///   value        0 … 255    256 … 511    512 … 1023   …
///   cell width      1           2            4          doubles with each power of two, 128 cells each
/// </code>
/// </summary>
internal sealed class Histogram
{
    /// <summary>Longest duration told apart: 2^36 µs, 19 hours. Longer ones are counted as this.</summary>
    public const long MicrosecondsMax = (1L << 36) - 1;

    private const int LinearBits = 8;
    private const int HalfCells = 1 << (LinearBits - 1);
    private const int CellCount = ((36 - LinearBits) * HalfCells) + (2 * HalfCells);

    private readonly long[] _cells = new long[CellCount];
    private long _max;

    /// <summary>How many were recorded.</summary>
    public long Count => _cells.Sum();

    /// <summary>The longest, exact; 0 if there is none.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>Counts one duration; a negative one (clocks are read on two threads) counts as 0.</summary>
    public void Record(long microseconds)
    {
        long value = Math.Clamp(microseconds, 0, MicrosecondsMax);
        Interlocked.Increment(ref _cells[CellOf(value)]);
        RaiseMax(value);
    }

    /// <summary>Adds the counts of another.</summary>
    public void Add(Histogram other)
    {
        for (int cell = 0; cell < CellCount; cell++)
        {
            long count = Volatile.Read(ref other._cells[cell]);
            if (count != 0)
            {
                Interlocked.Add(ref _cells[cell], count);
            }
        }

        RaiseMax(other.Max);
    }

    /// <summary>Adds cells as <see cref="Cells"/> tells them, such as those of another process.</summary>
    public void Add(IEnumerable<(long Microseconds, long Count)> cells, long max)
    {
        foreach ((long microseconds, long count) in cells)
        {
            Interlocked.Add(ref _cells[CellOf(Math.Clamp(microseconds, 0, MicrosecondsMax))], count);
        }

        RaiseMax(Math.Clamp(max, 0, MicrosecondsMax));
    }

    /// <summary>
    /// What was counted since <paramref name="before"/> was brought up to date, which this does. Its
    /// <see cref="Max"/> is the upper end of its last cell.
    /// </summary>
    public Histogram Since(Histogram before)
    {
        var since = new Histogram();
        for (int cell = 0; cell < CellCount; cell++)
        {
            long count = Volatile.Read(ref _cells[cell]);
            since._cells[cell] = count - before._cells[cell];
            before._cells[cell] = count;
            if (since._cells[cell] != 0)
            {
                since._max = Math.Min(UpperEndOf(cell), Max);
            }
        }

        return since;
    }

    /// <summary>
    /// The duration that <paramref name="percent"/> of all did not exceed: the upper end of its cell, so that it is
    /// never told too small, and never more than <see cref="Max"/>. 0 if there is none.
    /// </summary>
    public long Percentile(double percent)
    {
        if (percent is not (> 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(
                nameof(percent), percent, "It must be above 0, at most 100.");
        }

        long rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (int cell = 0; cell < CellCount; cell++)
        {
            seen += _cells[cell];
            if (seen >= rank)
            {
                return Math.Min(UpperEndOf(cell), Max);
            }
        }

        return 0;
    }

    /// <summary>Upper end in microseconds and count of every cell that is not empty: what a report keeps.</summary>
    public IEnumerable<(long Microseconds, long Count)> Cells()
    {
        for (int cell = 0; cell < CellCount; cell++)
        {
            if (_cells[cell] != 0)
            {
                yield return (UpperEndOf(cell), _cells[cell]);
            }
        }
    }

    private static int CellOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - (LinearBits - 1));
        return (shift * HalfCells) + (int)(value >> shift);
    }

    private static long UpperEndOf(int cell)
    {
        int shift = Math.Max(0, (cell / HalfCells) - 1);
        long lower = (long)(cell - (shift * HalfCells)) << shift;
        return lower + (1L << shift) - 1;
    }

    private void RaiseMax(long value)
    {
        long known = Volatile.Read(ref _max);
        while (value > known)
        {
            long found = Interlocked.CompareExchange(ref _max, value, known);
            if (found == known)
            {
                return;
            }

            known = found;
        }
    }
}
