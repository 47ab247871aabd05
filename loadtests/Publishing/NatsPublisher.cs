using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Publishing;

/// <summary>
/// Publishes to NATS by its protocol over TCP, which has no HTTP: each event to the subject of its agent, and a
/// <c>PING</c> behind each batch, whose <c>PONG</c> says that the server has taken it.
/// </summary>
internal sealed class NatsPublisher : IEventPublisher
{
    private const int AnswerBytesMax = 64 * 1024;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly Step _publish;
    private readonly ArrayBufferWriter<byte> _lines = new(64 * 1024);
    private readonly byte[] _answer = new byte[AnswerBytesMax];

    private NatsPublisher(TcpClient client, Step publish)
    {
        _client = client;
        _stream = client.GetStream();
        _publish = publish;
    }

    /// <summary>Connects.</summary>
    /// <exception cref="TargetException">Nobody is there.</exception>
    public static async Task<NatsPublisher> OpenAsync(Uri server, Step publish, CancellationToken stopping)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(server.Host, server.Port, stopping);
            var publisher = new NatsPublisher(client, publish);
            publisher._lines.Write("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n"u8);
            await publisher.FlushAsync(stopping);
            return publisher;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            client.Dispose();
            throw new TargetException($"{server} can't be reached: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public async Task PublishAsync(EventBatch batch, IReadOnlyList<long> due, CancellationToken stopping)
    {
        Write(batch.Complete().Span);
        try
        {
            await FlushAsync(stopping);
        }
        catch (IOException failure)
        {
            _publish.Fail(failure.Message, due.Count);
            return;
        }

        long now = Stopwatch.GetTimestamp();
        foreach (long dueAt in due)
        {
            _publish.Ok(dueAt, now);
        }
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    // PUB subject bytes, a line; then the payload, a line.
    private void Write(ReadOnlySpan<byte> events)
    {
        var reader = new PublishedEvents(events);
        while (reader.TryReadNext(out ReadOnlySpan<byte> agent, out ReadOnlySpan<byte> whole))
        {
            _lines.Write("PUB "u8);
            _lines.Write(agent);
            _lines.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {whole.Length}\r\n")));
            _lines.Write(whole);
            _lines.Write("\r\n"u8);
        }
    }

    private async Task FlushAsync(CancellationToken stopping)
    {
        _lines.Write("PING\r\n"u8);
        await _stream.WriteAsync(_lines.WrittenMemory, stopping);
        _lines.ResetWrittenCount();
        int length = 0;
        while (_answer.AsSpan(0, length).IndexOf("PONG\r\n"u8) < 0)
        {
            int read = await _stream.ReadAsync(_answer.AsMemory(length), stopping);
            length += read;
            if (read == 0 || _answer.AsSpan(0, length).IndexOf("-ERR"u8) >= 0)
            {
                throw new IOException($"NATS ended it: {Encoding.ASCII.GetString(_answer, 0, length)}");
            }
        }
    }
}
