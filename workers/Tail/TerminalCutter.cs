using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>Cuts what was read of a terminal into batches: of one stream each, and at most 32 KiB.</summary>
internal sealed class TerminalCutter(TerminalKey terminal, TerminalMemory memory)
{
    /// <summary>History is cut at multiples of this, so that all viewers share it wherever they began.</summary>
    public const int BlockBytes = TerminalBatch.BytesMax;

    /// <summary>The offset at which the block that holds an offset begins.</summary>
    public static long BlockStart(long offset) => offset / BlockBytes * BlockBytes;

    /// <summary>Cuts bytes that follow each other without holes.</summary>
    /// <param name="epoch">Their epoch.</param>
    /// <param name="chunks">The bytes.</param>
    /// <param name="until">The offset before which to stop.</param>
    /// <param name="atBlocks">Whether to cut at multiples of 32 KiB too, not only after as many bytes.</param>
    public List<TerminalBatch> Cut(Epoch epoch, IReadOnlyList<TerminalChunk> chunks, long until, bool atBlocks)
    {
        var batches = new List<TerminalBatch>();
        Run run = default;
        foreach (TerminalChunk chunk in chunks)
        {
            ReadOnlyMemory<byte> data = chunk.Data;
            long offset = chunk.Offset;
            if (chunk.Record > 0 && offset < until)
            {
                // A size holds from here on: what comes next is a batch of its own.
                if (!run.IsEmpty)
                {
                    batches.Add(Take(ref run, epoch));
                }

                run = new Run(offset, chunk);
            }

            while (!data.IsEmpty && offset < until)
            {
                if (run.Length > 0 && (run.Source != chunk.Source || run.Length == run.Room))
                {
                    batches.Add(Take(ref run, epoch));
                }

                if (run.Length == 0)
                {
                    long end = atBlocks ? BlockStart(offset) + BlockBytes : offset + BlockBytes;
                    run = new Run(offset, run.Record)
                    {
                        Room = (int)(Math.Min(end, until) - offset),
                        Source = chunk.Source,
                    };
                }

                int length = Math.Min(data.Length, run.Room - run.Length);
                run.Add(data[..length]);
                data = data[length..];
                offset += length;
            }
        }

        if (!run.IsEmpty)
        {
            batches.Add(Take(ref run, epoch));
        }

        return batches;
    }

    /// <summary>
    /// A record that was told when nothing came behind it stands before the bytes that come now too: for those who come
    /// later.
    /// </summary>
    public static IEnumerable<TerminalChunk> Before(
        TerminalCursor from, TerminalBatch? trailing, IReadOnlyList<TerminalChunk> chunks)
    {
        if (trailing is not null && from.Records > 0 && chunks.Count > 0 && chunks[0].Record == 0)
        {
            yield return new TerminalChunk(
                trailing.Offset, default, TerminalSource.Stdout, 0, trailing.Size, trailing.Record);
        }
    }

    private TerminalBatch Take(ref Run run, Epoch epoch)
    {
        // A buffer is made for more than came; a batch keeps no more than it has.
        ReadOnlyMemory<byte> data = run.IsRoomy ? run.Bytes().ToArray() : run.Bytes();
        var batch = new TerminalBatch(terminal.Task, memory, epoch, run.Offset, data, run.Source)
        {
            Size = run.Record.Size,
            Record = run.Record.Record,
        };
        run = default;
        return batch;
    }

    // One batch as it is found: a record before it, and its bytes. Those of one chunk are not copied.
    private struct Run(long offset, TerminalChunk record)
    {
        private ReadOnlyMemory<byte> _first;
        private byte[]? _joined;

        public readonly long Offset => offset;

        public readonly TerminalChunk Record => record;

        public readonly bool IsEmpty => Length == 0 && record.Record == 0;

        public int Room { get; init; }

        public TerminalSource Source { get; init; }

        public readonly bool IsRoomy => _joined is not null && _joined.Length > Length;

        public int Length { get; private set; }

        public void Add(ReadOnlyMemory<byte> data)
        {
            if (Length == 0)
            {
                _first = data;
            }
            else
            {
                if (_joined is null || _joined.Length < Length + data.Length)
                {
                    byte[] larger = new byte[Math.Min(Room, 2 * (Length + data.Length))];
                    Bytes().CopyTo(larger);
                    _joined = larger;
                }

                data.CopyTo(_joined.AsMemory(Length));
            }

            Length += data.Length;
        }

        public readonly ReadOnlyMemory<byte> Bytes() => _joined is null ? _first : _joined.AsMemory(0, Length);
    }
}
