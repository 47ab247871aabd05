using System.Buffers.Binary;
using System.Net.Security;
using System.Text;
using Realtime.Tests.Edge;
using Realtime.Tests.Protocol.WebSockets;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>A WebSocket whose client keeps no rule: it sends what it likes, and reads when it likes.</summary>
internal sealed class HostileWebSocket : IAsyncDisposable
{
    /// <summary>What is told of a connection that ended without a close frame.</summary>
    public const int Cut = 1006;

    private const int CloseOpcode = 8;
    private const int ChunkBytes = 64 * 1024;

    private readonly RawConnection _connection;

    private HostileWebSocket(RawConnection connection) => _connection = connection;

    /// <summary>Opens one.</summary>
    public static async Task<HostileWebSocket> OpenAsync(Uri edge, string pathAndQuery, string token)
    {
        RawConnection connection = await RawConnection.ConnectTlsAsync(edge);
        var socket = new HostileWebSocket(connection);
        await connection.SendAsync(
            $"GET {pathAndQuery} HTTP/1.1\r\nHost: {edge.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + $"Authorization: Bearer {token}\r\n\r\n");
        string head = await connection.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        return socket;
    }

    /// <summary>A whole text message as a frame.</summary>
    public static byte[] Text(string text) => WebSocketInput.Frame(0x81, text);

    /// <summary>
    /// Sends frames again and again, many in a piece; false if the server ended it, or took no more for long.
    /// </summary>
    public async Task<bool> FloodAsync(byte[] frames, int times)
    {
        int together = Math.Clamp(ChunkBytes / frames.Length, 1, times);
        byte[] piece = [.. Enumerable.Repeat(frames, together).SelectMany(one => one)];
        try
        {
            for (int sent = 0; sent < times; sent += together)
            {
                await _connection.Stream.WriteAsync(piece, _connection.Patience);
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Says that nothing more follows, and goes on listening.</summary>
    public async Task HalfCloseAsync() => await ((SslStream)_connection.Stream).ShutdownAsync();

    /// <summary>Says goodbye.</summary>
    public Task<bool> SayGoodbyeAsync() => FloodAsync(WebSocketInput.Masked(0x88, [0x03, 0xe8]), 1);

    /// <summary>Reads to the end; with which number it was closed, and what was said by messages.</summary>
    public async Task<(int Code, string Said)> EndAsync()
    {
        var said = new StringBuilder();
        byte[] header = new byte[2];
        try
        {
            while (true)
            {
                await _connection.Stream.ReadExactlyAsync(header, _connection.Patience);
                byte[] payload = new byte[await ReadLengthAsync(header[1])];
                await _connection.Stream.ReadExactlyAsync(payload, _connection.Patience);
                int opcode = header[0] & 0xf;
                if (opcode == CloseOpcode)
                {
                    return (payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload), said.ToString());
                }

                // Enough to look into, however long it goes on.
                if (said.Length < 1_000_000)
                {
                    said.Append(opcode == 0xa ? "pong " : Encoding.UTF8.GetString(payload)).Append('\n');
                }
            }
        }
        catch (Exception failure) when (failure is IOException or EndOfStreamException)
        {
            return (Cut, said.ToString());
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // RFC 6455, section 5.2; a server's frames are not masked.
    private async Task<long> ReadLengthAsync(byte second)
    {
        byte[] extended = new byte[second switch { 126 => 2, 127 => 8, _ => 0 }];
        await _connection.Stream.ReadExactlyAsync(extended, _connection.Patience);
        return extended.Length == 0 ? second : extended.Aggregate(0L, (length, next) => (length << 8) | next);
    }
}
