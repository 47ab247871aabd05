using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>
/// Reads what is behind the live end of one terminal, in blocks at multiples of 32 KiB, for all viewers together: who
/// wants what another is reading waits for that.
/// </summary>
internal sealed class TerminalHistory(
    TerminalKey terminal, TerminalReads reads, TerminalMemory memory, TerminalWindow window, TerminalMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly List<Fetch> _underWay = [];
    private readonly TerminalCutter _cutter = new(terminal, memory);

    private sealed record Fetch(Epoch Epoch, long Start, long Until)
    {
        public Task<TerminalFetch> Task { get; set; } = System.Threading.Tasks.Task.FromResult(TerminalFetch.Nothing);
    }

    /// <summary>The blocks from the one that holds an offset on.</summary>
    /// <param name="from">An offset that is retained, as far as is known.</param>
    /// <param name="retained">The offset of the first byte retained, as far as is known.</param>
    /// <param name="blocks">How many; those that others are reading already may be fewer.</param>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public Task<TerminalFetch> ReadAsync(TerminalCursor from, long retained, int blocks)
    {
        long start = TerminalCutter.BlockStart(from.Offset);
        lock (_gate)
        {
            foreach (Fetch other in _underWay)
            {
                if (other.Epoch == from.Epoch && start >= other.Start && start < other.Until)
                {
                    return other.Task;
                }
            }

            var fetch = new Fetch(from.Epoch, start, start + ((long)blocks * TerminalCutter.BlockBytes));
            _underWay.Add(fetch);
            return fetch.Task = RunAsync(fetch, Math.Max(start, Math.Min(retained, from.Offset)), from.Offset);
        }
    }

    private async Task<TerminalFetch> RunAsync(Fetch fetch, long start, long wanted)
    {
        await Task.Yield();
        try
        {
            (List<TerminalChunk> chunks, bool isThere) = await ReadAsync(fetch, start, wanted);
            if (!isThere)
            {
                return TerminalFetch.Nothing;
            }

            List<TerminalBatch> batches = _cutter.Cut(fetch.Epoch, chunks, fetch.Until, atBlocks: true);
            metrics.Cut(isLive: false, batches.Count);
            for (int i = 0; i < batches.Count; i++)
            {
                batches[i] = memory.Hold(window, batches[i]);
            }

            return new TerminalFetch(batches);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(fetch);
            }
        }
    }

    // A read brings whole chunks, which know nothing of blocks: so much more that it covers at least what is wanted.
    private async Task<(List<TerminalChunk> Chunks, bool IsThere)> ReadAsync(Fetch fetch, long start, long wanted)
    {
        var chunks = new List<TerminalChunk>();
        var position = new TerminalCursor(start, fetch.Epoch);
        while (position.Offset < fetch.Until)
        {
            int bytesMax = (int)Math.Min(
                fetch.Until - position.Offset + TerminalCutter.BlockBytes, TerminalReads.BytesMax);
            TerminalRead? read = await reads.ReadAsync(terminal, position, bytesMax);
            metrics.Read(isLive: false, read?.Chunks.Sum(static chunk => (long)chunk.Data.Length) ?? 0);
            bool isTrimmed =
                read is { Outcome: ReadOutcome.Trimmed } && chunks.Count == 0 && read.Start.Offset <= wanted;
            if (read is null || (read.Outcome != ReadOutcome.Whole && !isTrimmed))
            {
                return (chunks, position.Offset > wanted);
            }

            if (read.Chunks.Count == 0)
            {
                break;
            }

            chunks.AddRange(read.Chunks);
            position = position.After(chunks[^1]);
        }

        return (chunks, position.Offset > wanted);
    }
}
