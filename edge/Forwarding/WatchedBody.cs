using Microsoft.AspNetCore.Http.Features;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// A request's body that remembers whether bytes of it are gone: then it cannot be sent to another worker.
/// </summary>
internal sealed class WatchedBody(Stream inner) : Stream
{
    /// <summary>Whether bytes were read.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>Whether all of it was read.</summary>
    public bool IsThrough { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts itself before the body; null if the request can have none.</summary>
    public static WatchedBody? Watch(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return null;
        }

        var body = new WatchedBody(context.Request.Body);
        context.Request.Body = body;
        return body;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        IsTouched |= count > 0;
        IsThrough |= count == 0 && buffer.Length > 0;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
