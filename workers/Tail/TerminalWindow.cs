using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>
/// The batches of one terminal that are in memory, by offset. Changed by <see cref="TerminalMemory"/> alone, under its
/// lock; looked into by any send loop.
/// </summary>
internal sealed class TerminalWindow
{
    /// <summary>
    /// Batches before the nearest that are looked at too: they may overlap, as history is cut elsewhere than live
    /// output. Who finds nothing for it reads the log.
    /// </summary>
    private const int OverlapsMax = 8;

    private readonly Lock _gate = new();
    private readonly List<TerminalBatch> _batches = [];
    private readonly Queue<TerminalBatch> _byAge = new();

    /// <summary>Bytes of all of them, with what was made of them. Guarded by <see cref="TerminalMemory"/>.</summary>
    public long Bytes { get; set; }

    /// <summary>Which epoch all of them are of; none at first. Guarded by <see cref="TerminalMemory"/>.</summary>
    public Epoch Epoch { get; set; }

    /// <summary>The one held longest. Guarded by <see cref="TerminalMemory"/>.</summary>
    public TerminalBatch? Oldest
    {
        get
        {
            while (_byAge.TryPeek(out TerminalBatch? batch))
            {
                if (batch.Held is not null)
                {
                    return batch;
                }

                _byAge.Dequeue();
            }

            return null;
        }
    }

    /// <summary>The batch that holds what comes next at a position, if it is here; best one that begins
    /// there.</summary>
    public TerminalBatch? Find(TerminalCursor position)
    {
        lock (_gate)
        {
            int nearest = IndexAfter(position.Offset) - 1;
            for (int i = nearest; i >= 0 && i > nearest - OverlapsMax; i--)
            {
                if (_batches[i].Holds(position))
                {
                    return _batches[i];
                }
            }

            return null;
        }
    }

    /// <summary>The batch that begins at an offset. Guarded by <see cref="TerminalMemory"/>.</summary>
    public TerminalBatch? At(long offset) =>
        IndexAfter(offset) is > 0 and var index && _batches[index - 1].Offset == offset ? _batches[index - 1] : null;

    public void Add(TerminalBatch batch)
    {
        lock (_gate)
        {
            _batches.Insert(IndexAfter(batch.Offset), batch);
        }

        _byAge.Enqueue(batch);
    }

    public void Remove(TerminalBatch batch)
    {
        lock (_gate)
        {
            _batches.RemoveAt(IndexAfter(batch.Offset) - 1);
        }

        if (_byAge.Count > 64 && _byAge.Count > 2 * _batches.Count)
        {
            // Those that went out of turn would else stay until their turn comes.
            TerminalBatch[] held = [.. _byAge.Where(static item => item.Held is not null)];
            _byAge.Clear();
            foreach (TerminalBatch item in held)
            {
                _byAge.Enqueue(item);
            }
        }
    }

    // By bisection: how many begin at or before an offset. No two begin at the same.
    private int IndexAfter(long offset)
    {
        int low = 0;
        int high = _batches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _batches[middle].Offset <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
