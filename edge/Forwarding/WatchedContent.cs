using System.Net;

namespace Realtime.Edge.Forwarding;

/// <summary>Watches the worker's side of an upgraded stream.</summary>
internal sealed class WatchedContent(HttpContent inner, Attempt attempt) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        new WatchedStream(await inner.ReadAsStreamAsync(), attempt, isWorkers: true);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("An upgraded stream is read, not copied as a whole.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
