namespace Realtime.Client.Subscriptions;

/// <summary>The subscriptions of a client. Copy-on-write: the connection reads without a lock.</summary>
internal sealed class FeedRegistry
{
    private readonly Lock _gate = new();
    private Dictionary<string, IFeed> _feeds = new(StringComparer.Ordinal);
    private EventFeed[] _events = [];
    private RealtimeException? _closed;
    private bool _isClosed;

    public IReadOnlyCollection<IFeed> All => Volatile.Read(ref _feeds).Values;

    /// <summary>Those that live events may belong to.</summary>
    public IReadOnlyList<EventFeed> Events => Volatile.Read(ref _events);

    public IFeed? Find(string id) => Volatile.Read(ref _feeds).GetValueOrDefault(id);

    /// <summary>Adds one; if all have been closed, it is closed in the same way.</summary>
    public void Add(IFeed feed)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                Replace(new Dictionary<string, IFeed>(_feeds, StringComparer.Ordinal) { [feed.Id] = feed });
                return;
            }
        }

        End(feed, _closed);
    }

    public void Remove(string id)
    {
        lock (_gate)
        {
            if (!_feeds.ContainsKey(id))
            {
                return;
            }

            var rest = new Dictionary<string, IFeed>(_feeds, StringComparer.Ordinal);
            rest.Remove(id);
            Replace(rest);
        }
    }

    /// <summary>Ends all, with an error or as the application wished, and those to come.</summary>
    public void CloseAll(RealtimeException? error)
    {
        IFeed[] all;
        lock (_gate)
        {
            (_isClosed, _closed) = (true, error);
            all = [.. _feeds.Values];
            Replace(new Dictionary<string, IFeed>(StringComparer.Ordinal));
        }

        foreach (IFeed feed in all)
        {
            End(feed, error);
        }
    }

    private static void End(IFeed feed, RealtimeException? error)
    {
        if (error is null)
        {
            feed.Close();
        }
        else
        {
            feed.Fail(error);
        }
    }

    private void Replace(Dictionary<string, IFeed> feeds)
    {
        Volatile.Write(ref _events, [.. feeds.Values.OfType<EventFeed>()]);
        Volatile.Write(ref _feeds, feeds);
    }
}
