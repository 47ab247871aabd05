using System.Buffers.Binary;
using System.Net.Security;
using System.Text;

namespace Realtime.Tests.Edge;

/// <summary>HTTP/2 by hand (RFC 9113): sends headers that no client library would.</summary>
internal sealed class Http2Connection : IAsyncDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte EndStream = 1;
    private const byte Ack = 1;
    private const byte EndHeaders = 4;

    private readonly RawConnection _connection;

    private Http2Connection(RawConnection connection) => _connection = connection;

    public static async Task<Http2Connection> OpenAsync(Uri address)
    {
        var opened = new Http2Connection(await RawConnection.ConnectTlsAsync(address, SslApplicationProtocol.Http2));
        await opened._connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await opened.SendFrameAsync(Settings, 0, 0, []);
        return opened;
    }

    /// <summary>Sends a request's headers as they stand, pseudo headers too.</summary>
    public Task SendHeadersAsync(int stream, bool isWhole, params (string Name, string Value)[] headers)
    {
        using var block = new MemoryStream();
        foreach ((string name, string value) in headers)
        {
            // A literal without indexing and with a new name (RFC 7541, 6.2.2).
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        return SendFrameAsync(Headers, (byte)(EndHeaders | (isWhole ? EndStream : 0)), stream, block.ToArray());
    }

    /// <summary>Sends a part of a body.</summary>
    public Task SendDataAsync(int stream, bool isLast, string text) =>
        SendFrameAsync(Data, isLast ? EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(text));

    /// <summary>What becomes of a stream: its status, <c>reset</c>, <c>goaway</c> or <c>closed</c>.</summary>
    public async Task<string> OutcomeAsync(int stream)
    {
        byte[] head = new byte[9];
        try
        {
            while (true)
            {
                await _connection.Stream.ReadExactlyAsync(head, _connection.Patience);
                byte[] payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                await _connection.Stream.ReadExactlyAsync(payload, _connection.Patience);
                int of = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
                switch (head[3])
                {
                    case Settings when head[4] != Ack:
                        await SendFrameAsync(Settings, Ack, 0, []);
                        break;
                    case Headers when of == stream:
                        return StatusOf(payload);
                    case ResetStream when of == stream:
                        return "reset";
                    case GoAway:
                        return "goaway";
                }
            }
        }
        catch (IOException)
        {
            return "closed";
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // RFC 7541: the static table's statuses are 8 to 14; else a literal whose name is the eighth.
    private static string StatusOf(byte[] block)
    {
        string[] known = ["200", "204", "206", "304", "400", "404", "500"];
        int at = 0;
        // A change of the dynamic table's size may stand first (6.3).
        while ((block[at] & 0xe0) == 0x20)
        {
            at++;
        }

        if ((block[at] & 0x80) != 0)
        {
            return known[(block[at] & 0x7f) - 8];
        }

        Assert.True((block[at] & 0x0f) == 8, "The first header is no status.");
        Assert.Equal(3, block[at + 1]);
        return Encoding.ASCII.GetString(block, at + 2, 3);
    }

    // RFC 7541, 5.1 and 5.2, without Huffman coding.
    private static void WriteText(MemoryStream block, string text)
    {
        int length = text.Length;
        if (length < 127)
        {
            block.WriteByte((byte)length);
        }
        else
        {
            block.WriteByte(127);
            for (length -= 127; length >= 128; length >>= 7)
            {
                block.WriteByte((byte)(0x80 | (length & 0x7f)));
            }

            block.WriteByte((byte)length);
        }

        block.Write(Encoding.Latin1.GetBytes(text));
    }

    private async Task SendFrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _connection.Stream.WriteAsync(frame, _connection.Patience);
        await _connection.Stream.FlushAsync(_connection.Patience);
    }
}
