using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Realtime.Tests.Support;

/// <summary>
/// One command to a Redis on a connection of its own, as text that <c>redis-cli</c> would print; without its process,
/// as tests give thousands of commands.
/// </summary>
internal static class RedisWire
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The answer: of an array each value on a line, of an error its text, of nothing the empty one.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    public static async Task<string> AskAsync(int port, string? password, params IReadOnlyList<string> command)
    {
        using var late = new CancellationTokenSource(Patience, TimeProvider.System);
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, late.Token);
        await using var stream = new BufferedStream(socket.GetStream());
        if (password is not null)
        {
            await stream.WriteAsync(Request(["AUTH", password]), late.Token);
        }

        await stream.WriteAsync(Request(command), late.Token);
        await stream.FlushAsync(late.Token);
        if (password is not null)
        {
            await ReadAsync(stream, late.Token);
        }

        return (await ReadAsync(stream, late.Token)).TrimEnd('\n');
    }

    private static byte[] Request(IReadOnlyList<string> command)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"*{command.Count}\r\n"));
        foreach (string part in command)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // RESP 2: the first letter says what the line is.
    private static async Task<string> ReadAsync(Stream stream, CancellationToken late)
    {
        string line = await ReadLineAsync(stream, late);
        int count = line[0] is '$' or '*' ? int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture) : 0;
        switch (line[0])
        {
            case '$' when count >= 0:
                byte[] value = new byte[count + 2];
                await stream.ReadExactlyAsync(value, late);
                return Encoding.UTF8.GetString(value, 0, count);
            case '*' when count >= 0:
                string[] values = new string[count];
                for (int i = 0; i < count; i++)
                {
                    values[i] = await ReadAsync(stream, late);
                }

                return string.Join('\n', values);
            case '$' or '*':
                return string.Empty;
            default:
                return line[1..];
        }
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken late)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (line is not [.., (byte)'\r', (byte)'\n'])
        {
            await stream.ReadExactlyAsync(one, late);
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line], 0, line.Count - 2);
    }
}
