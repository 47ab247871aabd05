using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>
/// All batches that this worker holds, bounded per terminal and together: for a new one the oldest go. Who is sending
/// one keeps it until it is out.
/// </summary>
internal sealed class TerminalMemory(TerminalTailOptions options, TerminalMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(TerminalWindow Window, TerminalBatch Batch)> _held = new();
    private long _bytes;

    /// <summary>Bytes held now.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>
    /// Holds a batch, in place of one that begins where it does and reaches less far. One that was read for a
    /// terminal's earlier epoch, or for one that is followed no more, is not held.
    /// </summary>
    /// <returns>The one that is held: another, if there was one that reaches as far. Who is not held is given
    /// back.</returns>
    public TerminalBatch Hold(TerminalWindow window, TerminalBatch batch)
    {
        lock (_gate)
        {
            if (batch.Epoch != window.Epoch)
            {
                return batch;
            }

            TerminalBatch? same = window.At(batch.Offset);
            if (same is not null && same.End >= batch.End && same.Record >= batch.Record)
            {
                return same;
            }

            if (same is not null)
            {
                LetGo(same);
            }

            batch.Held = _held.AddLast((window, batch));
            window.Add(batch);
            Grow(window, batch.Weight);
            Trim(window);
            return batch;
        }
    }

    /// <summary>Takes note that something was made of a batch.</summary>
    public void Charge(TerminalBatch batch, int bytes)
    {
        lock (_gate)
        {
            batch.Weight += bytes;
            if (batch.Held is { } held)
            {
                Grow(held.Value.Window, bytes);
                Trim(held.Value.Window);
            }
        }
    }

    /// <summary>
    /// Empties a window, which from now on holds batches of this epoch; of none, if the terminal is there or followed
    /// no more.
    /// </summary>
    public void Begin(TerminalWindow window, Epoch epoch)
    {
        lock (_gate)
        {
            window.Epoch = epoch;
            while (window.Oldest is { } batch)
            {
                LetGo(batch);
            }
        }
    }

    public void Compressed(bool isWhole, int from, int to) => metrics.Compressed(isWhole, from, to);

    private void Trim(TerminalWindow window)
    {
        while (window.Bytes > options.RecentBytesMax && window.Oldest is { } oldest)
        {
            metrics.Evicted(isTotal: false);
            LetGo(oldest);
        }

        while (_bytes > options.RecentBytesTotalMax && _held.First is { } oldest)
        {
            metrics.Evicted(isTotal: true);
            LetGo(oldest.Value.Batch);
        }
    }

    private void LetGo(TerminalBatch batch)
    {
        LinkedListNode<(TerminalWindow Window, TerminalBatch Batch)> held = batch.Held!;
        batch.Held = null;
        _held.Remove(held);
        held.Value.Window.Remove(batch);
        Grow(held.Value.Window, -batch.Weight);
    }

    private void Grow(TerminalWindow window, long bytes)
    {
        window.Bytes += bytes;
        _bytes += bytes;
        metrics.Held(bytes);
    }
}
