using System.Buffers;
using System.IO.Pipelines;

namespace Realtime.Workers.Ingest;

/// <summary>
/// The whole body of one request in a pooled buffer, counted against the worker's budget from before it is read until
/// it is disposed. What is made from it must be copied: the buffer serves the next request.
/// </summary>
internal sealed class RequestBody(ByteBudget budget) : IDisposable
{
    // First buffer for a body of unknown length; it doubles.
    private const int FirstBytes = 16 * 1024;

    private byte[] _buffer = [];
    private int _reserved;
    private int _length;

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body in the slices in which it arrives.</summary>
    public async ValueTask<BodyOutcome> ReadAsync(
        PipeReader reader, long? declaredLength, int bytesMax, CancellationToken requestAborted)
    {
        if (declaredLength > bytesMax)
        {
            return BodyOutcome.TooLarge;
        }

        if (!TryGrow((int)(declaredLength ?? Math.Min(FirstBytes, bytesMax))))
        {
            return BodyOutcome.Overloaded;
        }

        while (true)
        {
            ReadResult read = await reader.ReadAsync(requestAborted);
            BodyOutcome outcome = Take(read.Buffer, bytesMax);
            reader.AdvanceTo(read.Buffer.End);
            if (outcome != BodyOutcome.Read || read.IsCompleted)
            {
                return outcome;
            }
        }
    }

    public void Dispose()
    {
        budget.Return(_reserved);
        _reserved = 0;
        _length = 0;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private BodyOutcome Take(in ReadOnlySequence<byte> slice, int bytesMax)
    {
        long length = _length + slice.Length;
        if (length > bytesMax)
        {
            return BodyOutcome.TooLarge;
        }

        if (length > _reserved && !TryGrow((int)Math.Min(bytesMax, Math.Max(length, 2L * _reserved))))
        {
            return BodyOutcome.Overloaded;
        }

        slice.CopyTo(_buffer.AsSpan(_length));
        _length = (int)length;
        return BodyOutcome.Read;
    }

    private bool TryGrow(int bytes)
    {
        if (!budget.TryTake(bytes - _reserved))
        {
            return false;
        }

        _reserved = bytes;
        if (bytes > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(bytes);
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return true;
    }
}
