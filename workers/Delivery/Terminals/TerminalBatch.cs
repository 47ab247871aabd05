using System.Numerics;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// Consecutive bytes of one stream of a terminal, cut once and shared by all viewers of this worker: sent whole, or on
/// thin links in slices, which are shared too. The terminal may have got another size right before its first byte; such
/// a record at the end of the terminal is a batch without bytes. Immutable, but for what is made of it when first
/// needed.
/// </summary>
internal sealed class TerminalBatch
{
    /// <summary>Bytes of a batch, at most.</summary>
    public const int BytesMax = 32 * 1024;

    /// <summary>Bytes of the smallest slice; each next size is twice as large.</summary>
    public const int SliceBytesMin = 1024;

    private const int SliceSizes = 5;

    // By size, then by place; the largest size is half a batch.
    private readonly TerminalPiece?[]?[] _slices = new TerminalPiece?[]?[SliceSizes];
    private readonly string _task;
    private TerminalPiece? _whole;

    public TerminalBatch(
        string task, TerminalMemory memory, Epoch epoch, long offset, ReadOnlyMemory<byte> data, TerminalSource source)
    {
        _task = task;
        Memory = memory;
        Epoch = epoch;
        Offset = offset;
        Data = data;
        Source = source;
        Weight = FixedWeight + data.Length;
    }

    /// <summary>What a batch costs besides its bytes, about.</summary>
    public static int FixedWeight => 256;

    public TerminalMemory Memory { get; }

    public Epoch Epoch { get; }

    public long Offset { get; }

    public ReadOnlyMemory<byte> Data { get; }

    public TerminalSource Source { get; }

    /// <summary>The size that the terminal got before the first byte; null if it did not.</summary>
    public TerminalSize? Size { get; init; }

    /// <summary>The number of that record among those at <see cref="Offset"/>; 0 if there is none.</summary>
    public int Record { get; init; }

    public int Length => Data.Length;

    public long End => Offset + Data.Length;

    /// <summary>Bytes that it keeps in memory, with all that was made of it. Guarded by <see cref="Memory"/>.</summary>
    public long Weight { get; set; }

    /// <summary>Its place among all that is held, if it is. Guarded by <see cref="Memory"/>.</summary>
    public LinkedListNode<(TerminalWindow Window, TerminalBatch Batch)>? Held { get; set; }

    private TerminalPiece Whole => Made(ref _whole, 0, Length);

    /// <summary>Whether it holds what comes next at a position: the byte there, or a record before it.</summary>
    public bool Holds(TerminalCursor position) =>
        Epoch == position.Epoch && position.Offset >= Offset
        && (position.Offset < End || (position.Offset == Offset && Record > position.Records));

    /// <summary>The message of some of its bytes, with the bytes as they are.</summary>
    public TerminalMessage MessageOf(int start, int length) => new()
    {
        Id = string.Empty,
        Task = _task,
        Epoch = Epoch,
        Offset = Offset + start,
        Data = Data.Slice(start, length),
        Stream = Source == TerminalSource.Stderr ? "stderr" : "stdout",
    };

    /// <summary>
    /// The largest shared piece that begins at a place, is no longer than <paramref name="lengthMax"/> bytes and, but
    /// for the smallest slice, no longer than <paramref name="wireBytesMax"/> on the wire; null if none begins there or
    /// is so short.
    /// </summary>
    public TerminalPiece? PieceAt(int start, int lengthMax, int wireBytesMax, TerminalForm form)
    {
        if (start == 0 && Length <= lengthMax && (Length <= SliceBytesMin || Whole.Fits(form, wireBytesMax)))
        {
            return Whole;
        }

        int largest = BitOperations.Log2((uint)Math.Max(1, Math.Min(lengthMax, Length - 1)) / SliceBytesMin);
        if (start != 0)
        {
            largest = Math.Min(largest, BitOperations.TrailingZeroCount(start / SliceBytesMin));
        }

        if (start % SliceBytesMin != 0 || Math.Min(SliceBytesMin, Length - start) > lengthMax)
        {
            return null;
        }

        for (int size = Math.Min(largest, SliceSizes - 1); size > 0; size--)
        {
            if (SliceAt(start, size) is var slice && slice.Fits(form, wireBytesMax))
            {
                return slice;
            }
        }

        return SliceAt(start, 0);
    }

    private TerminalPiece SliceAt(int start, int size)
    {
        int bytes = SliceBytesMin << size;
        ref TerminalPiece?[]? slices = ref _slices[size];
        if (Volatile.Read(ref slices) is null)
        {
            Interlocked.CompareExchange(ref slices, new TerminalPiece?[(Length + bytes - 1) / bytes], null);
        }

        return Made(ref slices![start / bytes], start, Math.Min(bytes, Length - start));
    }

    private TerminalPiece Made(ref TerminalPiece? place, int start, int length) =>
        Volatile.Read(ref place)
        ?? Interlocked.CompareExchange(ref place, new TerminalPiece(this, start, length), null)
        ?? place;
}
