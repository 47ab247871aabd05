using System.Buffers;
using System.IO.Pipelines;

namespace Realtime.Workers.Ingest;

/// <summary>
/// The whole body of one request in a pooled buffer, counted against the worker's budget until it is disposed. The
/// buffer grows with what arrived, not with what a header promises. What is made from it must be copied: it serves the
/// next request.
/// </summary>
internal sealed class RequestBody(BodyBudget bodies) : IDisposable
{
    // The first buffer, unless a shorter body is announced; it doubles.
    private const int FirstBytes = 16 * 1024;

    private readonly ByteBudget _budget = bodies.Bytes;

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

        int lengthMax = (int)(declaredLength ?? bytesMax);
        if (!TryGrow(Math.Min(FirstBytes, lengthMax)))
        {
            return BodyOutcome.Overloaded;
        }

        // Most bodies are there as a whole: then there is nothing to wait for, nor to time.
        while (reader.TryRead(out ReadResult there))
        {
            BodyOutcome outcome = Take(there.Buffer, lengthMax);
            reader.AdvanceTo(there.Buffer.End);
            if (outcome != BodyOutcome.Read || there.IsCompleted)
            {
                return outcome;
            }
        }

        return await WaitAsync(reader, lengthMax, requestAborted);
    }

    private async ValueTask<BodyOutcome> WaitAsync(
        PipeReader reader, int lengthMax, CancellationToken requestAborted)
    {
        using var late = new CancellationTokenSource(bodies.Timeout, bodies.Clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, requestAborted);
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(ended.Token);
                BodyOutcome outcome = Take(read.Buffer, lengthMax);
                reader.AdvanceTo(read.Buffer.End);
                if (outcome != BodyOutcome.Read || read.IsCompleted)
                {
                    return outcome;
                }
            }
        }
        catch (OperationCanceledException)
            when (late.IsCancellationRequested && !requestAborted.IsCancellationRequested)
        {
            return BodyOutcome.TooSlow;
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            // Kestrel's least rate: 240 bytes a second, after a grace of 5 s.
            return BodyOutcome.TooSlow;
        }
    }

    public void Dispose()
    {
        _budget.Return(_reserved);
        _reserved = 0;
        _length = 0;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private BodyOutcome Take(in ReadOnlySequence<byte> slice, int lengthMax)
    {
        long length = _length + slice.Length;
        if (length > lengthMax)
        {
            return BodyOutcome.TooLarge;
        }

        if (length > _reserved && !TryGrow((int)Math.Min(lengthMax, Math.Max(length, 2L * _reserved))))
        {
            return BodyOutcome.Overloaded;
        }

        slice.CopyTo(_buffer.AsSpan(_length));
        _length = (int)length;
        return BodyOutcome.Read;
    }

    private bool TryGrow(int bytes)
    {
        if (!_budget.TryTake(bytes - _reserved))
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
