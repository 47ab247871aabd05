using Realtime.Log;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery;

// From behind to live.
internal sealed partial class StreamFeed
{
    /// <summary>By the send loop, when it has read all there was: stops there until the tail has handed it
    /// over.</summary>
    public bool TryBeginHandOver()
    {
        lock (outbox.Gate)
        {
            if (Mode != FeedMode.Behind)
            {
                return false;
            }

            Mode = FeedMode.HandingOver;
            return true;
        }
    }

    /// <summary>
    /// By the tail, between two entries: live if the position is the tail's, or if what lies between fits into the
    /// ring.
    /// </summary>
    public void HandOver(StreamCursor end, RecentWindow window)
    {
        bool wake = false;
        lock (outbox.Gate)
        {
            if (Mode != FeedMode.HandingOver)
            {
                return;
            }

            Mode = FeedMode.Behind;
            if (_members.FirstJoiner is null && Position.Epoch == end.Epoch)
            {
                Mode = FeedMode.Live;
                while (Mode == FeedMode.Live && Position.Entry.Offset < end.Entry.Offset)
                {
                    if (Conflates || window.Find(Position.Entry.Offset + 1, end.Epoch) is not { } item)
                    {
                        Mode = FeedMode.Behind;
                        break;
                    }

                    if (_members.Want(item))
                    {
                        wake |= outbox.PushOrFallBehind(this, item);
                    }

                    Position = Mode == FeedMode.Live ? item.Position : Position;
                }
            }

            wake |= Mode == FeedMode.Behind;
        }

        if (wake)
        {
            outbox.Signal.Raise();
        }
    }
}
