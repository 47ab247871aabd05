using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>
/// Bytes through a tunnel: all of them, in order, no more of them held than two buffers, until one side ends.
/// </summary>
public sealed class TunnelTests
{
    private const int MiB = 1024 * 1024;

    // What the kernel's buffers of two sockets hold at most, and more.
    private const int HeldMax = 32 * MiB;

    [Fact]
    public async Task What_a_worker_says_right_behind_its_head_comes_first()
    {
        await using var worker = new RawWorker(async (head, stream, stopping) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(RawWorker.Opening(head) + "first,"), stopping);
            await stream.WriteAsync("second"u8.ToArray(), stopping);
        });
        await using EdgeUnderTest edge = await StartAsync(worker);
        await using RawConnection client = await OpenAsync(edge);

        // The worker closed: everything, and then the end.
        Assert.Equal("first,second", await client.EverythingAsync());
    }

    [Fact]
    public async Task What_a_client_says_before_it_is_answered_comes_through()
    {
        await using var worker = new RawWorker(EchoAsync);
        await using EdgeUnderTest edge = await StartAsync(worker);
        await using RawConnection client = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
        await client.SendAsync(BadWorkersTests.Request() + "early");
        await client.AnswerAsync();
        await client.SendAsync(" and late");
        byte[] echo = new byte["early and late".Length];
        await client.Stream.ReadExactlyAsync(echo, client.Patience);

        Assert.Equal("early and late", Encoding.ASCII.GetString(echo));
    }

    [Fact]
    public async Task Bytes_come_exactly_as_they_were_sent_in_whatever_pieces()
    {
        await using var worker = new RawWorker(EchoAsync);
        await using EdgeUnderTest edge = await StartAsync(worker);
        await using RawConnection client = await OpenAsync(edge);
        byte[] sent = RandomNumberGenerator.GetBytes(4 * MiB);
        byte[] received = new byte[sent.Length];
        Task reading = client.Stream.ReadExactlyAsync(received, client.Patience).AsTask();
        var random = new Random(1);
        for (int at = 0; at < sent.Length;)
        {
            int size = Math.Min(random.Next(1, 100_000), sent.Length - at);
            await client.Stream.WriteAsync(sent.AsMemory(at, size), client.Patience);
            at += size;
        }

        await reading;
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_does_not_read_stops_its_worker_and_one_that_goes_on_gets_all(bool overHttp2)
    {
        long written = 0;
        await using var worker = new RawWorker(async (head, stream, stopping) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(RawWorker.Opening(head)), stopping);
            byte[] frame = new byte[4 + 60_000];
            (frame[0], frame[1], frame[2], frame[3]) = (0x82, 126, 60_000 >> 8, 60_000 & 0xff);
            while (true)
            {
                await stream.WriteAsync(frame, stopping);
                Interlocked.Add(ref written, frame.Length);
            }
        });
        await using EdgeUnderTest edge = await StartAsync(worker);
        ClientWebSocket client = await edge.ConnectAsync("/ws/agents", EdgeUnderTest.Token(), overHttp2);
        Assert.Equal(WebSocketState.Open, client.State);

        // A queue in the edge would have no end.
        long before = 0;
        int looks = 0;
        await Eventually.TrueAsync("the worker is stopped", () =>
        {
            (long last, before) = (before, Interlocked.Read(ref written));
            looks = last == before && before > 0 ? looks + 1 : 0;
            return looks == 50;
        });
        Assert.InRange(before, 1, HeldMax);
        byte[] buffer = new byte[64 * 1024];
        for (long read = 0; read < before + MiB;)
        {
            ValueWebSocketReceiveResult part = await client.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
            read += part.Count;
        }

        Assert.True(Interlocked.Read(ref written) > before);
    }

    [Fact]
    public async Task A_worker_that_does_not_read_stops_its_client()
    {
        await using var worker = new RawWorker(async (head, stream, stopping) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(RawWorker.Opening(head)), stopping);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        });
        await using EdgeUnderTest edge = await StartAsync(worker);
        await using RawConnection client = await OpenAsync(edge);
        long sent = 0;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            byte[] piece = new byte[64 * 1024];
            while (true)
            {
                await client.Stream.WriteAsync(piece, patience.Token);
                sent += piece.Length;
                Assert.True(sent < HeldMax);
            }
        });
        // Else the edge, which ends first, would wait for it.
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task Who_has_ended_hears_the_rest_of_what_the_worker_says()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = new RawWorker(async (head, stream, stopping) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(RawWorker.Opening(head)), stopping);
            await ended.Task.WaitAsync(stopping);
            await stream.WriteAsync("the rest"u8.ToArray(), stopping);
        });
        await using EdgeUnderTest edge = await StartAsync(worker);
        await using RawConnection client = await OpenAsync(edge);
        await ((System.Net.Security.SslStream)client.Stream).ShutdownAsync();
        ended.SetResult();

        Assert.Equal("the rest", await client.EverythingAsync());
    }

    private static async Task<EdgeUnderTest> StartAsync(RawWorker worker)
    {
        EdgeUnderTest edge = await EdgeUnderTest.StartAsync([worker.Named("w1")]);
        await edge.WorkersAreAsync("ready");
        return edge;
    }

    private static async Task<RawConnection> OpenAsync(EdgeUnderTest edge)
    {
        RawConnection client = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
        await client.SendAsync(BadWorkersTests.Request());
        Assert.StartsWith("HTTP/1.1 101 ", await client.AnswerAsync(), StringComparison.Ordinal);
        return client;
    }

    private static async Task EchoAsync(string head, NetworkStream stream, CancellationToken stopping)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(RawWorker.Opening(head)), stopping);
        await stream.CopyToAsync(stream, stopping);
    }
}
