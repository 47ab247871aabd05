using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>The tails of this worker: one per stream, only while somebody here needs it, and a little longer.</summary>
internal sealed class TailRegistry<TKey, TTail>(
    Func<TKey, TTail> create, Func<TTail, Task> opened, TailOptions options, TailLimit limit, TimeProvider clock)
    : IAsyncDisposable
    where TKey : notnull
    where TTail : class, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _entries = [];

    // Tails whose last viewer left long ago and which are on their way out.
    private readonly List<Task> _ending = [];
    private bool _disposed;

    private sealed class Entry(TTail tail)
    {
        public TTail Tail => tail;

        public int Users { get; set; } = 1;

        public ITimer? Linger { get; set; }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Those there are now.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TTail>> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Select(static one => KeyValuePair.Create(one.Key, one.Value.Tail))];
            }
        }
    }

    /// <summary>The tail of a stream, once it has looked at the stream. Each acquired one must be released.</summary>
    /// <exception cref="LogUnavailableException">It did not get to look within the option's time.</exception>
    /// <exception cref="TailLimitException">Too many are followed.</exception>
    public async Task<TTail> AcquireAsync(TKey key, CancellationToken cancellationToken)
    {
        TTail tail = Take(key);
        try
        {
            await opened(tail).WaitAsync(options.OpenTimeout, clock, cancellationToken);
            return tail;
        }
        catch (TimeoutException exception)
        {
            Release(key);
            throw new LogUnavailableException(
                LogUnavailableReason.TimedOut, "The stream could not be opened in time.", exception);
        }
        catch
        {
            Release(key);
            throw;
        }
    }

    public void Release(TKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out Entry? entry) || --entry.Users > 0)
            {
                return;
            }

            entry.Linger?.Dispose();
            entry.Linger = clock.CreateTimer(_ => End(key), null, options.Linger, Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Entry> entries;
        lock (_gate)
        {
            _disposed = true;
            entries = [.. _entries.Values];
            _entries.Clear();
        }

        foreach (Entry entry in entries)
        {
            entry.Linger?.Dispose();
            await entry.Tail.DisposeAsync();
        }

        await Task.WhenAll(_ending);
    }

    private TTail Take(TKey key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_entries.TryGetValue(key, out Entry? entry))
            {
                entry.Users++;
                entry.Linger?.Dispose();
                entry.Linger = null;
                return entry.Tail;
            }

            limit.Admit(_entries.Count);
            entry = new Entry(create(key));
            _entries.Add(key, entry);
            return entry.Tail;
        }
    }

    private void End(TKey key)
    {
        lock (_gate)
        {
            // Taken again while the timer ran: then it is not ours to end.
            if (_disposed || !_entries.TryGetValue(key, out Entry? entry) || entry.Users > 0 || entry.Linger is null)
            {
                return;
            }

            _entries.Remove(key);
            entry.Linger.Dispose();
            _ending.RemoveAll(static task => task.IsCompleted);
            _ending.Add(entry.Tail.DisposeAsync().AsTask());
        }
    }
}
