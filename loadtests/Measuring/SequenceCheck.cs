namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Whether a numbered series 0, 1, 2, … arrives whole, once and in order. One owner, no lock. What is skipped is
/// remembered, so that one that comes late is told from one that comes twice.
/// </summary>
internal sealed class SequenceCheck
{
    /// <summary>
    /// Most skipped numbers remembered; beyond it a late one counts as a duplicate. The run has failed long before.
    /// </summary>
    private const int SkippedMax = 65_536;

    private HashSet<long>? _skipped;
    private long _skippedBeyond;

    /// <summary>The number expected next.</summary>
    public long Next { get; private set; }

    /// <summary>How many came again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>How many came after one with a higher number.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Takes the next number; false if it came before.</summary>
    public bool Accept(long number)
    {
        if (number == Next)
        {
            Next++;
            return true;
        }

        if (number > Next)
        {
            Skip(number);
            return true;
        }

        if (_skipped?.Remove(number) is true)
        {
            OutOfOrder++;
            return true;
        }

        Duplicates++;
        return false;
    }

    /// <summary>How many of the first <paramref name="count"/> numbers did not come.</summary>
    public long MissingOf(long count) => (_skipped?.Count ?? 0) + _skippedBeyond + Math.Max(0, count - Next);

    private void Skip(long number)
    {
        _skipped ??= [];
        long skipped = number - Next;
        long remembered = Math.Min(skipped, SkippedMax - _skipped.Count);
        for (long i = 0; i < remembered; i++)
        {
            _skipped.Add(Next + i);
        }

        _skippedBeyond += skipped - remembered;
        Next = number + 1;
    }
}
