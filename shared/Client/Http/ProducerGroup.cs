namespace Realtime.Client.Http;

/// <summary>The numbers of one producer's events in one group.</summary>
internal sealed class ProducerGroup(long epoch)
{
    /// <summary>Its present life.</summary>
    public long Epoch { get; private set; } = epoch;

    /// <summary>The number of the last event that is known to be stored; 0 = none of this life.</summary>
    public long Stored { get; private set; }

    /// <summary>
    /// Events behind that one which were sent under the next numbers, and nobody knows what became of them: other
    /// events under these numbers would be taken for them, and be lost.
    /// </summary>
    public List<byte[]> InDoubt { get; } = [];

    /// <summary>Events are to be sent under the next numbers.</summary>
    /// <param name="bodies">All that are to be, in their order.</param>
    public void Send(IReadOnlyList<byte[]> bodies) => InDoubt.AddRange(bodies.Skip(InDoubt.Count));

    /// <summary>The first of them is stored.</summary>
    public void TakeStored()
    {
        Stored++;
        if (InDoubt.Count > 0)
        {
            InDoubt.RemoveAt(0);
        }
    }

    /// <summary>Whether these events may have the next numbers: those in doubt are the same, if there are.</summary>
    public bool Fits(IReadOnlyList<byte[]> bodies)
    {
        for (int i = 0; i < Math.Min(bodies.Count, InDoubt.Count); i++)
        {
            if (!bodies[i].AsSpan().SequenceEqual(InDoubt[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A new life, numbered from 1. Only one higher: a later start of this producer must stay ahead.
    /// </summary>
    public void BeginAnew()
    {
        Epoch++;
        Stored = 0;
        InDoubt.Clear();
    }
}
