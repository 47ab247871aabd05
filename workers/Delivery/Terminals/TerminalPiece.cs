using System.Buffers;
using Realtime.Protocol.Compression;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// A whole batch, or one slice of it: compressed once, and encoded once in each form, when the first viewer needs it.
/// Shared by all viewers and never changed.
/// </summary>
internal sealed class TerminalPiece(TerminalBatch batch, int start, int length)
{
    /// <summary>Fewer bytes can't shrink: a block costs a token, and its literals.</summary>
    private const int CompressibleBytesMin = 32;

    /// <summary>A block says at most so many bytes with one: a match of any length adds a byte for each 255.</summary>
    private const int BlockRatioMax = 255;

    private readonly Lock _gate = new();
    private readonly byte[]?[] _bodies = new byte[]?[TerminalForms.Count];
    private byte[]? _block;

    /// <summary>Where it begins within its batch.</summary>
    public int Start => start;

    /// <summary>How many bytes of the terminal it holds.</summary>
    public int Length => length;

    /// <summary>Whether its message is no longer than <paramref name="wireBytes"/>, about.</summary>
    public bool Fits(TerminalForm form, int wireBytes)
    {
        if (TerminalForms.WireLength(form, length) <= wireBytes)
        {
            return true;
        }

        // What could not be short enough at best is not compressed to find that out.
        if (!TerminalForms.Compresses(form) || TerminalForms.WireLength(form, length / BlockRatioMax) > wireBytes)
        {
            return false;
        }

        lock (_gate)
        {
            return Block() is { Length: > 0 } block && TerminalForms.WireLength(form, block.Length) <= wireBytes;
        }
    }

    /// <summary>Its message without what makes it that of one subscription.</summary>
    public ReadOnlySpan<byte> BodyFor(TerminalForm form)
    {
        lock (_gate)
        {
            byte[] block = TerminalForms.Compresses(form) ? Block() : [];
            if (block.Length == 0 && form == TerminalForm.Lz4Base64)
            {
                form = TerminalForm.Base64;
            }

            return _bodies[(int)form] ??= Encode(form, block);
        }
    }

    // Empty if the bytes are no longer than what would come of them.
    private byte[] Block()
    {
        if (_block is not null)
        {
            return _block;
        }

        if (length < CompressibleBytesMin || !Lz4Block.CanCompress)
        {
            return _block = [];
        }

        byte[] target = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int written = Lz4Block.Compress(batch.Data.Span.Slice(start, length), target.AsSpan(0, length - 1));
            batch.Memory.Compressed(isWhole: length == batch.Length, length, written);
            _block = target.AsSpan(0, written).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(target);
        }

        batch.Memory.Charge(batch, _block.Length);
        return _block;
    }

    private byte[] Encode(TerminalForm form, byte[] block)
    {
        ArrayBufferWriter<byte> scratch = FrameScratch.Take();
        TerminalForms.WriteBody(form, scratch, batch.MessageOf(start, length) is var message && block.Length > 0
            ? message with { Data = block, DecompressedLength = length }
            : message);
        byte[] body = scratch.WrittenSpan.ToArray();
        batch.Memory.Charge(batch, body.Length);
        return body;
    }
}
