using Realtime.Log;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>What a read of a terminal's history brought.</summary>
/// <param name="Batches">The batches, in order; empty if what was wanted is not there any more, as its reader has to
/// find out.</param>
internal sealed record TerminalFetch(IReadOnlyList<TerminalBatch> Batches)
{
    public static readonly TerminalFetch Nothing = new([]);

    /// <summary>The batch that holds what comes next at a position.</summary>
    public TerminalBatch? Find(TerminalCursor position)
    {
        foreach (TerminalBatch batch in Batches)
        {
            if (batch.Holds(position))
            {
                return batch;
            }
        }

        return null;
    }
}
