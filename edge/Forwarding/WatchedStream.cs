namespace Realtime.Edge.Forwarding;

/// <summary>
/// The client's side of an event stream, watched for signs of an end that the worker's would not show.
/// </summary>
internal sealed class WatchedStream(Stream inner, Attempt attempt) : Stream
{
    public override bool CanRead => false;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        attempt.WorkerSpoke();
        ValueTask writing = inner.WriteAsync(buffer, cancellationToken);
        return writing.IsCompleted ? writing : WaitAsync(writing);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Task flushing = inner.FlushAsync(cancellationToken);
        return flushing.IsCompleted ? flushing : WaitAsync(new ValueTask(flushing)).AsTask();
    }

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
