namespace Realtime.Edge.Forwarding;

/// <summary>One side of an open stream, watched for signs of an end that the other side would not see.</summary>
/// <param name="inner">The stream to the client or to the worker.</param>
/// <param name="attempt">Whose it is.</param>
/// <param name="isWorkers">
/// Whether it is the worker's: its end is a sign. Else the client's: a write that does not finish is one.
/// </param>
internal sealed class WatchedStream(Stream inner, Attempt attempt, bool isWorkers) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int count = await inner.ReadAsync(buffer, cancellationToken);
            // A read into nothing only waits for bytes.
            if (isWorkers && count == 0 && buffer.Length > 0)
            {
                attempt.WorkerEnded();
            }

            return count;
        }
        catch (IOException) when (isWorkers)
        {
            attempt.WorkerEnded();
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask writing = inner.WriteAsync(buffer, cancellationToken);
        return isWorkers || writing.IsCompleted ? writing : WaitAsync(writing);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        Task flushing = inner.FlushAsync(cancellationToken);
        await (isWorkers || flushing.IsCompleted ? flushing : WaitAsync(new ValueTask(flushing)).AsTask());
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WaitAsync(ValueTask writing)
    {
        attempt.WriteWaits();
        await writing;
        attempt.WriteFinished();
    }
}
