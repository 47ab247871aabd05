using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// A producer that appends to a stream without pause, and asks again with the same idempotency key when the log is
/// unavailable; and a tail that follows it. What was acknowledged, and what the tail saw, is kept.
/// </summary>
internal sealed class LogLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly IPartitionedLog _log;
    private readonly StreamKey _stream;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly ConcurrentQueue<(string Text, StreamCursor Position)> _acknowledged = new();
    private readonly List<LogEntry> _seen = [];
    private readonly Task _producing;
    private readonly Task _tailing;

    public LogLoad(IPartitionedLog log, StreamKey stream)
    {
        _log = log;
        _stream = stream;
        _producing = Task.Run(ProduceAsync);
        _tailing = Task.Run(TailAsync);
    }

    /// <summary>Waits until so many more were acknowledged.</summary>
    public async Task MoreAsync(int count)
    {
        int before = _acknowledged.Count;
        await Eventually.TrueAsync(
            "appends are acknowledged", () => _acknowledged.Count >= before + count, TimeSpan.FromSeconds(60));
    }

    /// <summary>
    /// Ends it; each acknowledged event stands once, in its order, and the tail saw all without holes.
    /// </summary>
    public async Task VerifyAsync()
    {
        await _stopping.CancelAsync();
        await _producing;
        (string Text, StreamCursor Position)[] acknowledged = [.. _acknowledged];
        await Eventually.TrueAsync(
            "the tail is at the end", () => Seen() >= acknowledged.Length, TimeSpan.FromSeconds(30));
        await _tailing;
        Assert.Equal(acknowledged.Select(one => one.Text), _seen.Select(Text));
        Assert.Equal(acknowledged.Select(one => one.Position.Entry), _seen.Select(entry => entry.Id));
        Assert.Equal(Enumerable.Range(1, _seen.Count).Select(i => (long)i), _seen.Select(entry => entry.Id.Offset));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _abandoned.CancelAsync();
        await Task.WhenAll(_producing, _tailing);
        _stopping.Dispose();
        _abandoned.Dispose();
    }

    private int Seen()
    {
        lock (_seen)
        {
            return _seen.Count;
        }
    }

    private async Task ProduceAsync()
    {
        for (int i = 0; !_stopping.IsCancellationRequested; i++)
        {
            string text = $"event {i}";
            bool isStored = false;
            while (!isStored && !_abandoned.IsCancellationRequested)
            {
                try
                {
                    AppendResult result = await _log.AppendAsync(_stream, [Event(text, $"key-{i}", "state")], None);
                    _acknowledged.Enqueue((text, result.Outcomes[0].Position));
                    isStored = true;
                }
                catch (LogUnavailableException)
                {
                    await PauseAsync();
                }
            }
        }
    }

    private async Task TailAsync()
    {
        StreamCursor after = default;
        int rest = 500;
        while (!_stopping.IsCancellationRequested
            || (!_abandoned.IsCancellationRequested && Seen() < _acknowledged.Count && rest-- > 0))
        {
            try
            {
                if (after.Epoch.IsNone)
                {
                    after = Beginning((await _log.OpenAsync(_stream, None)).End.Epoch);
                }

                EventRead read = await _log.ReadAsync(_stream, after, ReadLimit.Default, ReadLane.Live, None);
                Assert.Equal(ReadOutcome.Whole, read.Outcome);
                lock (_seen)
                {
                    _seen.AddRange(read.Entries);
                }

                after = read.Entries.Count > 0 ? after with { Entry = read.Entries[^1].Id } : after;
            }
            catch (LogUnavailableException)
            {
                // Tried again.
            }

            await PauseAsync();
        }
    }

    // What is under way is brought to its end, however long the log is away, until nobody asks any more.
    private async Task PauseAsync() => await Task.Delay(Pause, TimeProvider.System, _abandoned.Token)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
