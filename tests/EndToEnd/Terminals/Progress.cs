namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>
/// The clock of a test of viewers: it counts the bytes that they see. Who stalls does so until others have seen so many
/// more, and not for a time; if all of them wait, the one that would be first goes on.
/// </summary>
internal sealed class Progress(int viewers, Action<long> told)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _stalled = new();
    private int _awake = viewers;
    private long _seen;
    private long _lead;
    private (long Offset, TaskCompletionSource Reached)? _follower;

    /// <summary>A viewer saw bytes, and stands at an offset now.</summary>
    public void Saw(int bytes, long offset)
    {
        long seen;
        lock (_gate)
        {
            seen = _seen += bytes;
            _lead = Math.Max(_lead, offset);
            while (_stalled.TryPeek(out _, out long due) && due <= _seen)
            {
                WakeOne();
            }

            if (_follower is { } follower && follower.Offset <= _lead)
            {
                _follower = null;
                follower.Reached.SetResult();
            }
        }

        told(seen);
    }

    /// <summary>Waits, as a viewer that sees nothing meanwhile, until the others have seen so many bytes
    /// more.</summary>
    public Task StallAsync(long bytes)
    {
        lock (_gate)
        {
            var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _stalled.Enqueue(woken, _seen + bytes);
            FellAsleep();
            return woken.Task;
        }
    }

    /// <summary>Waits, as the one who writes, until some viewer stands at an offset that has been written.</summary>
    public Task LeadAsync(long offset)
    {
        lock (_gate)
        {
            if (offset <= _lead)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _follower = (offset, reached);
            return reached.Task;
        }
    }

    /// <summary>A viewer is done: nobody has to wait for it.</summary>
    public void Finished()
    {
        lock (_gate)
        {
            FellAsleep();
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return $"seen {_seen}, lead {_lead}, "
                + $"{_awake} awake, {_stalled.Count} stalled, follower {_follower?.Offset}";
        }
    }

    private void FellAsleep()
    {
        if (--_awake == 0 && _stalled.Count > 0)
        {
            WakeOne();
        }
    }

    private void WakeOne()
    {
        _awake++;
        _stalled.Dequeue().SetResult();
    }
}
