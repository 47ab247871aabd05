using System.IO.Pipelines;
using System.Text;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.WebSockets;

/// <summary>Feeds a reader with pieces of bytes and tells what it reads, as texts.</summary>
internal static class WebSocketInput
{
    /// <summary>A masked frame with this first byte.</summary>
    public static byte[] Frame(byte first, string payload) => Masked(first, Encoding.UTF8.GetBytes(payload));

    public static byte[] Masked(byte first, byte[] payload)
    {
        const uint Key = 0x8142_24ff;
        byte[] frame = Bytes.Of(o => WebSocketFrameWriter.WriteMasked(o, WebSocketOpcode.Binary, payload, Key));
        frame[0] = first;
        return frame;
    }

    public static List<byte[]> Cut(byte[] bytes, Random random)
    {
        var pieces = new List<byte[]>();
        for (int at = 0; at < bytes.Length; at += pieces[^1].Length)
        {
            pieces.Add(bytes[at..Math.Min(bytes.Length, at + random.Next(1, 100))]);
        }

        return pieces;
    }

    public static async Task<string[]> ReadAll(IReadOnlyList<byte[]> pieces, WebSocketReaderOptions? options = null)
    {
        var pipe = new Pipe();
        using var reader = new WebSocketMessageReader(pipe.Reader, options ?? new WebSocketReaderOptions());
        var texts = new List<string>();
        int next = 0;
        WebSocketRead read;
        do
        {
            ValueTask<WebSocketRead> reading = reader.ReadAsync(CancellationToken.None);

            // The reader gets the next piece only when it has asked for more.
            while (!reading.IsCompleted && next < pieces.Count)
            {
                await pipe.Writer.WriteAsync(pieces[next++]);
            }

            if (!reading.IsCompleted)
            {
                await pipe.Writer.CompleteAsync();
            }

            read = await reading;
            string code = read.CloseCode > 0 ? $"{read.CloseCode} " : "";
            texts.Add($"{read.Kind} {code}{read.Reason}{Encoding.UTF8.GetString(read.Payload.Span)}");
        }
        while (read.Kind != WebSocketReadKind.EndOfStream);

        return [.. texts];
    }
}
