using System.Buffers;
using Realtime.Log;

namespace Realtime.Workers.Terminals;

/// <summary>Reads terminals so that who did not ask for an exact byte begins at a <see cref="SafePoint"/>.</summary>
internal sealed class SafeReads(IPartitionedLog log)
{
    /// <summary>How far is looked before and after a wanted place.</summary>
    public const int LookBytes = 32 * 1024;

    // What is looked at may be trimmed meanwhile. A terminal that trims faster than this is not looked at in vain for
    // ever: then the first byte is where it begins.
    private const int TriesMax = 3;

    /// <summary>Where a viewer begins that wants so many bytes before the end.</summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public async Task<TerminalCursor> FindTailAsync(
        TerminalKey terminal, TerminalBounds bounds, long bytes, CancellationToken cancellationToken)
    {
        long wanted = Math.Max(bounds.Start, bounds.End - bytes);

        // If it is trimmed already, the first read finds that, and a safe point after the gap.
        return await FindAsync(terminal, wanted, bounds, cancellationToken) ?? new TerminalCursor(wanted, bounds.Epoch);
    }

    /// <summary>
    /// As <see cref="IPartitionedLog.ReadTerminalAsync"/>; but if the position doesn't stand, the answer begins at a
    /// safe point, and says so.
    /// </summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public async Task<TerminalRead?> ReadAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken)
    {
        TerminalRead? gap = await log.ReadTerminalAsync(terminal, from, bytesMax, lane, cancellationToken);
        for (int i = 0; i < TriesMax && gap is not (null or { Outcome: ReadOutcome.Whole }); i++)
        {
            if (await FindAsync(terminal, gap.Start.Offset, gap.Bounds, cancellationToken) is { } safe)
            {
                TerminalRead? read = safe == gap.Start
                    ? gap
                    : await log.ReadTerminalAsync(terminal, safe, bytesMax, lane, cancellationToken);
                if (read == gap || read is { Outcome: ReadOutcome.Whole })
                {
                    return read with { Outcome = gap.Outcome };
                }
            }

            // Trimmed since; what this reader missed is still counted from where it stood.
            gap = await log.ReadTerminalAsync(terminal, from, bytesMax, lane, cancellationToken);
        }

        return gap;
    }

    // Null if what was to be looked at is there no more.
    private async Task<TerminalCursor?> FindAsync(
        TerminalKey terminal, long wanted, TerminalBounds bounds, CancellationToken cancellationToken)
    {
        long start = Math.Max(bounds.Start, wanted - LookBytes);
        int length = (int)(Math.Min(bounds.End, wanted + LookBytes) - start);
        var exact = new TerminalCursor(wanted, bounds.Epoch);
        if (wanted == 0 || length == 0)
        {
            return exact;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Memory<byte> bytes = buffer.AsMemory(0, length);
            return await TryFillAsync(terminal, new TerminalCursor(start, bounds.Epoch), bytes, cancellationToken)
                ? exact with { Offset = start + SafePoint.Find(bytes.Span, (int)(wanted - start), start == 0) }
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> TryFillAsync(
        TerminalKey terminal, TerminalCursor place, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            TerminalRead? read = await log.ReadTerminalAsync(
                terminal, place, bytes.Length, ReadLane.Bulk, cancellationToken);
            if (read is not { Outcome: ReadOutcome.Whole, Chunks.Count: > 0 })
            {
                return false;
            }

            foreach (TerminalChunk chunk in read.Chunks)
            {
                // The last one may be longer than what is wanted.
                int length = Math.Min(chunk.Data.Length, bytes.Length);
                chunk.Data[..length].CopyTo(bytes);
                bytes = bytes[length..];
                place = place.After(chunk);
            }
        }

        return true;
    }
}
