using Realtime.Client.Connections;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// What waits for the application, in order, and what it has in hand. Full beyond either limit, until less than a
/// quarter of both is left. The receive loop puts, one reader takes; all but reading happens under the feed's lock.
/// </summary>
/// <typeparam name="TItem">What the application gets.</typeparam>
/// <typeparam name="TPlace">Where it stands once it has taken it.</typeparam>
internal sealed class ItemBuffer<TItem, TPlace>(
    Lock gate, int itemsMax, int bytesMax, Action<TPlace> taken, Action drained)
    where TItem : class
{
    private readonly Queue<Entry> _entries = [];
    private readonly AsyncSignal _arrived = new();
    private TPlace _inHand = default!;
    private bool _hasInHand;
    private bool _isComplete;
    private bool _isRead;
    private RealtimeException? _error;

    private readonly record struct Entry(TItem Item, int Bytes, TPlace Place);

    public bool IsFull { get; private set; }

    /// <summary>Whether the application has taken everything.</summary>
    public bool IsIdle => _entries.Count == 0 && !_hasInHand;

    public int Items => _entries.Count;

    public int Bytes { get; private set; }

    /// <summary>Most items that ever waited.</summary>
    public int ItemsPeak { get; private set; }

    /// <summary>Most bytes that ever waited.</summary>
    public int BytesPeak { get; private set; }

    public void Add(TItem item, int bytes, TPlace place)
    {
        if (_isComplete)
        {
            return;
        }

        _entries.Enqueue(new Entry(item, bytes, place));
        Bytes += bytes;
        ItemsPeak = Math.Max(ItemsPeak, Items);
        BytesPeak = Math.Max(BytesPeak, Bytes);
        IsFull |= Items > itemsMax || Bytes > bytesMax;
        _arrived.Set();
    }

    /// <summary>Nothing more comes: what waits is read, then <paramref name="error"/> is thrown, if there is
    /// one.</summary>
    public void Complete(RealtimeException? error = null)
    {
        if (!_isComplete)
        {
            (_isComplete, _error) = (true, error);
            _arrived.Set();
        }
    }

    /// <summary>Nothing more is wanted: what waits is dropped.</summary>
    public void Discard()
    {
        Complete();
        _error = null;
        _entries.Clear();
        Bytes = 0;
    }

    /// <summary>Reads all, once.</summary>
    /// <exception cref="InvalidOperationException">It is read already.</exception>
    public async IAsyncEnumerable<TItem> ReadAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (gate)
        {
            _isRead = !_isRead ? true : throw new InvalidOperationException(
                "A subscription is read once: by iteration or by a handler. Make another one for a second reader.");
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (TItem? item, bool isOver, bool hasDrained) = Take();
            if (hasDrained)
            {
                drained();
            }

            if (item is not null)
            {
                yield return item;
            }
            else if (isOver)
            {
                yield break;
            }
            else
            {
                await _arrived.WaitAsync(cancellationToken);
            }
        }
    }

    private (TItem? Item, bool IsOver, bool HasDrained) Take()
    {
        lock (gate)
        {
            // The next one is asked for: the one in hand is taken.
            if (_hasInHand)
            {
                _hasInHand = false;
                taken(_inHand);
            }

            if (!_entries.TryDequeue(out Entry next))
            {
                return _isComplete && _error is { } error ? throw error : (null, _isComplete, false);
            }

            (_inHand, _hasInHand) = (next.Place, true);
            Bytes -= next.Bytes;
            bool wasFull = IsFull;
            IsFull &= (long)Items * 4 >= itemsMax || (long)Bytes * 4 >= bytesMax;
            return (next.Item, false, wasFull && !IsFull);
        }
    }
}
