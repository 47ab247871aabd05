using System.Collections.Concurrent;
using Realtime.Log;

namespace Realtime.Workers.Tail;

// Events that came with the bell. They were stored, and follow what this tail has: nothing is to be read then.
internal sealed partial class StreamTail
{
    // Bounded by the bytes of a recent window: beyond that they are read instead.
    private readonly ConcurrentQueue<CarriedEvents> _carried = new();
    private long _carriedBytes;

    // When something last showed that the history stands: a read, or events that follow what this tail has.
    private long _followedAt;
    private ITimer? _poll;

    /// <summary>The bell: with the events that it was rung for, or a hint to read.</summary>
    private void Hear(CarriedEvents? events)
    {
        if (events is null)
        {
            Ring();
            return;
        }

        if (Interlocked.Add(ref _carriedBytes, events.Bytes) > _services.Options.RecentBytesMax)
        {
            Interlocked.Add(ref _carriedBytes, -events.Bytes);
            Ring();
            return;
        }

        _carried.Enqueue(events);
        _signal.RaiseHere();
    }

    /// <summary>
    /// Routes what came with bells, if it begins exactly where this tail stands: same epoch, same entry. So a history
    /// that was lost or replaced is found here as by a read, which anything else is left to.
    /// </summary>
    private void RouteCarried()
    {
        bool routed = false;
        while (_carried.TryDequeue(out CarriedEvents? events))
        {
            Interlocked.Add(ref _carriedBytes, -events.Bytes);
            if (events.Before == _cursor)
            {
                _nowMs = events.After.Entry.Ms;
                Route(events.Before, events.Entries);
                routed = true;
            }
            else if (Recent.Find(events.After.Entry.Offset, events.After.Epoch)?.Position != events.After)
            {
                Volatile.Write(ref _rung, 1);
            }
        }

        if (routed)
        {
            Volatile.Write(ref _followedAt, _services.Clock.GetTimestamp());
            Volatile.Write(ref _published, new Published(_cursor, _cursor.Entry.Offset));
        }
    }

    private void ForgetCarried()
    {
        while (_carried.TryDequeue(out CarriedEvents? events))
        {
            Interlocked.Add(ref _carriedBytes, -events.Bytes);
        }
    }

    /// <summary>Looks at the log if nothing has shown for an interval that the history stands and is whole.</summary>
    private void Poll()
    {
        TimeSpan left = _services.PollDelay() - _services.Clock.GetElapsedTime(Volatile.Read(ref _followedAt));
        if (left > TimeSpan.Zero)
        {
            _poll?.Change(left, Timeout.InfiniteTimeSpan);
        }
        else
        {
            Ring();
        }
    }
}
