using Realtime.Log.Budgets;

namespace Realtime.Workers.Budgets;

/// <summary>The places that this worker has of one tenant, and what of them the log was not told yet.</summary>
internal sealed class HeldPlaces
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _subjects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private int _total;
    private int _workers = 1;
    private long? _toldAt;
    private bool _isForgotten;

    /// <summary>How many workers have places of the tenant, as the log last said.</summary>
    public int Workers
    {
        get => Volatile.Read(ref _workers);
        set => Volatile.Write(ref _workers, Math.Max(1, value));
    }

    /// <summary>Takes a place, for now; false if this was forgotten, and another stands for the tenant.</summary>
    public bool TryEnter(string subject, out PlaceCount own)
    {
        lock (_gate)
        {
            own = default;
            if (_isForgotten)
            {
                return false;
            }

            int ofSubject = _subjects.GetValueOrDefault(subject) + 1;
            _subjects[subject] = ofSubject;
            own = new PlaceCount(++_total, subject, ofSubject);

            // Two that enter at the same time may be told the wrong way round.
            _changed.Add(subject);
            return true;
        }
    }

    public void Leave(string subject)
    {
        lock (_gate)
        {
            _total--;
            _changed.Add(subject);
            if (--_subjects[subject] is 0)
            {
                _subjects.Remove(subject);
            }
        }
    }

    /// <summary>Whether something changed, or it is time to say again that the worker lives.</summary>
    public bool IsToBeTold(TimeSpan interval, TimeProvider clock)
    {
        lock (_gate)
        {
            return _changed.Count > 0 || _toldAt is not { } toldAt || clock.GetElapsedTime(toldAt) >= interval;
        }
    }

    /// <summary>What changed; it counts as told from now on.</summary>
    public (int Total, KeyValuePair<string, int>[] Changed) TakeChanges(TimeProvider clock)
    {
        lock (_gate)
        {
            KeyValuePair<string, int>[] changed =
                [.. _changed.Select(one => KeyValuePair.Create(one, _subjects.GetValueOrDefault(one)))];
            _changed.Clear();
            _toldAt = clock.GetTimestamp();
            return (_total, changed);
        }
    }

    /// <summary>It was not told after all.</summary>
    public void Untold(IEnumerable<KeyValuePair<string, int>> changed)
    {
        lock (_gate)
        {
            _changed.UnionWith(changed.Select(static one => one.Key));
            _toldAt = null;
        }
    }

    /// <summary>All of it.</summary>
    public KeyValuePair<string, int>[] All()
    {
        lock (_gate)
        {
            return [.. _subjects];
        }
    }

    /// <summary>Ends it if it is empty and nothing is left to be told.</summary>
    public bool TryForget()
    {
        lock (_gate)
        {
            return _isForgotten = _total == 0 && _changed.Count == 0;
        }
    }
}
