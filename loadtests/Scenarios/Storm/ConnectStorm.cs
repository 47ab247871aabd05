using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>
/// Connection attempts by the thousand: each connects, sends a ClientHello, waits for the answer and leaves. One second
/// of them, some seconds of peace, and again.
/// </summary>
internal sealed class ConnectStorm(Target target, int attemptsPerStorm)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    // Another address than that of viewers and publishers: the edge limits each address apart.
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("127.0.0.2"), 0);

    private long _attempts;
    private long _answered;
    private long _closed;
    private long _unanswered;

    /// <summary>Attempts that were made.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Those whose handshake the server answered.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Those that the server closed without a word.</summary>
    public long Closed => Volatile.Read(ref _closed);

    /// <summary>Those that the end of the storms found waiting.</summary>
    public long Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>
    /// Storms until it is told to stop: on a thread of its own, so that viewers and publishers of this process don't
    /// wait behind it.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        byte[] hello = await ClientHello.MakeAsync(target, stopping);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(target.Edge.Host, stopping);
        var edge = new IPEndPoint(addresses[0], target.Edge.Port);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Strangers have machines of their own: what they compute must not keep the server from it.
        NiceThread.Start("storm", NiceThread.NiceMax, () =>
        {
            try
            {
                Storms(edge, hello, stopping);
                ended.SetResult();
            }
            catch (Exception failure)
            {
                ended.SetException(failure);
            }
        });
        await ended.Task;
    }

    private void Storms(IPEndPoint edge, byte[] hello, CancellationToken stopping)
    {
        HashSet<Socket> open = [];
        long begun = Stopwatch.GetTimestamp();
        int made = 0;
        while (!stopping.WaitHandle.WaitOne(Step))
        {
            TimeSpan since = Stopwatch.GetElapsedTime(begun);
            if (since >= Every)
            {
                (begun, made, since) = (Stopwatch.GetTimestamp(), 0, TimeSpan.Zero);
            }

            // Open loop: what a step was late is made up for by the next.
            int due = (int)Math.Min(attemptsPerStorm, (since + Step).TotalSeconds * attemptsPerStorm);
            for (; made < due; made++)
            {
                Attempt(edge, hello, open);
            }

            RemoveAnswered(open);
        }

        foreach (Socket socket in open)
        {
            Interlocked.Increment(ref _unanswered);
            socket.Dispose();
        }
    }

    private void Attempt(IPEndPoint edge, byte[] hello, HashSet<Socket> open)
    {
        Interlocked.Increment(ref _attempts);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            // Left by a reset: ports that wait for their time to pass would run out.
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        try
        {
            if (edge.Address.Equals(IPAddress.Loopback))
            {
                socket.Bind(Stranger);
            }

            socket.Connect(edge);
            socket.Send(hello);
            open.Add(socket);
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _closed);
            socket.Dispose();
        }
    }

    // One system call for all.
    private void RemoveAnswered(HashSet<Socket> open)
    {
        if (open.Count == 0)
        {
            return;
        }

        List<Socket> readable = [.. open];
        Socket.Select(readable, null, null, TimeSpan.Zero);
        foreach (Socket socket in readable)
        {
            // Readable without bytes: ended or reset.
            Interlocked.Increment(ref socket.Available > 0 ? ref _answered : ref _closed);
            open.Remove(socket);
            socket.Dispose();
        }
    }
}
