using System.Net;

namespace Realtime.Tests.Workers.Ingest;

/// <summary>A body of unknown length, sent in pieces, after a gate opens if there is one.</summary>
internal sealed class ChunkedContent(byte[] body, int pieces, Task? gate = null) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        int piece = (body.Length + pieces - 1) / pieces;
        for (int start = 0; start < body.Length; start += piece)
        {
            await stream.WriteAsync(body.AsMemory(start, Math.Min(piece, body.Length - start)));
            await stream.FlushAsync();
            if (gate is not null)
            {
                await gate;
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
