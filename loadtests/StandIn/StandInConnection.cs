using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Realtime.Loadtests.Viewers;
using Realtime.Protocol.WebSockets;

namespace Realtime.Loadtests.StandIn;

/// <summary>One connection of a <see cref="StandInServer"/>: requests, one after the other, or a viewer.</summary>
internal sealed class StandInConnection(Socket socket, StandInRooms rooms, Action<bool> watchWriting) : IDisposable
{
    private const int OpcodeBits = 0x0f;
    private const int WaitingBytesMax = 16 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _waiting = new();
    private byte[] _kept = [];
    private int _keptBytes;
    private bool _isViewer;
    private bool _isGone;

    /// <summary>Reads what has come; false if it is over.</summary>
    public bool TryRead(byte[] buffer)
    {
        _kept.AsSpan(0, _keptBytes).CopyTo(buffer);
        int read = socket.Receive(buffer.AsSpan(_keptBytes), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return !_isGone;
        }

        if (error != SocketError.Success || read == 0)
        {
            return false;
        }

        if (_isViewer)
        {
            // Who watches says nothing but pongs and goodbye, each in a read of its own.
            return (buffer[0] & OpcodeBits) != (int)WebSocketOpcode.Close && !_isGone;
        }

        ReadOnlySpan<byte> rest = buffer.AsSpan(0, _keptBytes + read);
        while (!_isViewer && TryAnswer(ref rest))
        {
        }

        Keep(rest);
        return !_isGone && rest.Length < buffer.Length;
    }

    /// <summary>Sends, or keeps what the kernel does not take.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_isGone)
        {
            return;
        }

        int sent = 0;
        if (_waiting.WrittenCount == 0)
        {
            sent = socket.Send(bytes, SocketFlags.None, out SocketError error);
            _isGone = error is not (SocketError.Success or SocketError.WouldBlock);
        }

        if (sent < bytes.Length && !_isGone)
        {
            watchWriting(true);
            _waiting.Write(bytes[Math.Max(0, sent)..]);
            _isGone = _waiting.WrittenCount > WaitingBytesMax;
        }
    }

    /// <summary>Sends what was kept; false if it is over.</summary>
    public bool TryFlush()
    {
        if (_waiting.WrittenCount > 0)
        {
            int sent = socket.Send(_waiting.WrittenSpan, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                return false;
            }

            byte[] left = _waiting.WrittenSpan[Math.Max(0, sent)..].ToArray();
            _waiting.ResetWrittenCount();
            _waiting.Write(left);
        }

        if (_waiting.WrittenCount == 0)
        {
            watchWriting(false);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rooms.Leave(this);
        socket.Dispose();
    }

    private bool TryAnswer(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        string head = Encoding.ASCII.GetString(rest[..end]);
        int body = int.Parse(Header(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
        if (rest.Length < end + 4 + body)
        {
            return false;
        }

        if (Header(head, "Sec-WebSocket-Key") is { } key)
        {
            Upgrade(head, key);
        }
        else if (head.StartsWith("POST ", StringComparison.Ordinal))
        {
            rooms.Publish(rest.Slice(end + 4, body));
            Answer("202 Accepted", """{"results":[],"pressure":{"state":"ok","depth":0,"limit":5000}}""");
        }
        else
        {
            Answer("200 OK", """{"status":"ready","reasons":[],"load":{"connections":0}}""");
        }

        rest = rest[(end + 4 + body)..];
        return true;
    }

    // GET /ws/agents?agents=a1,a2 HTTP/1.1
    private void Upgrade(string head, string key)
    {
        string query = head.Split(' ', 3)[1].Split("agents=", 2)[^1];
        foreach (string agent in Uri.UnescapeDataString(query).Split(','))
        {
            rooms.Join(agent, this);
        }

        _isViewer = true;
        Send(Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Accept: {UpgradeRequest.AcceptOf(key)}\r\n\r\n"));
        var frame = new ArrayBufferWriter<byte>();
        WebSocketFrameWriter.Write(frame, WebSocketOpcode.Text, """{"op":"subscribed","id":"default"}"""u8);
        Send(frame.WrittenSpan);
    }

    private void Answer(string status, string json) => Send(Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"));

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > _kept.Length)
        {
            _kept = new byte[rest.Length * 2];
        }

        rest.CopyTo(_kept);
        _keptBytes = rest.Length;
    }

    private static string? Header(string head, string name)
    {
        int at = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : head[(at + name.Length + 3)..].Split("\r\n", 2)[0].Trim();
    }
}
