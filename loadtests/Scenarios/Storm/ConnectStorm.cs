using System.Diagnostics;
using System.Net.Sockets;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>
/// Connection attempts by the thousand: each connects, sends a ClientHello, waits for the answer and leaves. One second
/// of them, some seconds of peace, and again.
/// </summary>
internal sealed class ConnectStorm(Target target, int attemptsPerStorm, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private const int StepsPerSecond = 100;

    private long _attempts;
    private long _answered;
    private long _closed;
    private long _failed;

    /// <summary>Attempts that were made.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Those whose handshake the server answered.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Those that the server closed without a word.</summary>
    public long Closed => Volatile.Read(ref _closed);

    /// <summary>Those that got no connection, or no answer in time.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Storms until it is told to stop, and waits for the attempts under way.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        byte[] hello = await ClientHello.MakeAsync(target, stopping);
        List<Task> attempts = [];
        try
        {
            while (true)
            {
                Task next = Task.Delay(Every, time, stopping);
                await StormAsync(hello, attempts, stopping);
                await next;
                attempts.RemoveAll(attempt => attempt.IsCompleted);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(attempts);
        }
    }

    private async Task StormAsync(byte[] hello, List<Task> attempts, CancellationToken stopping)
    {
        long started = Stopwatch.GetTimestamp();
        int made = 0;
        while (made < attemptsPerStorm)
        {
            // Open loop: what a step was late is made up for by the next.
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds + (1.0 / StepsPerSecond);
            int due = (int)Math.Min(attemptsPerStorm, seconds * attemptsPerStorm);
            for (; made < due; made++)
            {
                attempts.Add(AttemptAsync(hello));
            }

            await Task.Delay(Step, time, stopping);
        }
    }

    private async Task AttemptAsync(byte[] hello)
    {
        Interlocked.Increment(ref _attempts);
        using var patience = new CancellationTokenSource(Patience, time);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            // Left by a reset: ports that wait for their time to pass would run out.
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        try
        {
            await socket.ConnectAsync(target.Edge.Host, target.Edge.Port, patience.Token);
            await socket.SendAsync(hello, patience.Token);
            int read = await socket.ReceiveAsync(new byte[1], patience.Token);
            Interlocked.Increment(ref read == 0 ? ref _closed : ref _answered);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            Interlocked.Increment(ref _closed);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
