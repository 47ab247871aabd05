using System.Globalization;

namespace Realtime.Tests.Chaos.Checking;

/// <summary>
/// What one client was given by its SDK, over all its connections and absences. What is wrong whatever else happened
/// (twice, out of order, a gap) is found at once; what is missing, in the end by <see cref="ViewChecks"/>.
/// </summary>
internal sealed class ClientView(string name, ChaosFilter filter, ViewStart start)
{
    private const int LinesMax = 1000;

    private readonly Lock _gate = new();
    private readonly List<(Place Place, string Key)> _seen = [];
    private readonly HashSet<string> _keys = [];
    private readonly Dictionary<int, Place> _last = [];
    private readonly Dictionary<string, (Place Place, string Key)> _values = [];
    private readonly List<string> _violations = [];
    private readonly Queue<string> _story = [];
    private bool _isComplete;
    private int _count;

    public string Name => name;

    public ChaosFilter Filter => filter;

    public ViewStart Start => start;

    /// <summary>The ledger's time when its first subscription was confirmed: all that is sent later is its
    /// own.</summary>
    public long ActiveAt { get; set; } = long.MaxValue;

    /// <summary>When it first asked to see anything, as <see cref="TimeProvider.GetTimestamp"/> says.</summary>
    public long? AskedAt { get; set; }

    /// <summary>Events it has seen, values of snapshots left out.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The same, one after the other; once it sees no more.</summary>
    public IReadOnlyList<(Place Place, string Key)> Seen => _seen;

    /// <summary>The values of its snapshot, by state key; once it sees no more.</summary>
    public IReadOnlyDictionary<string, (Place Place, string Key)> Values => _values;

    /// <summary>Whether its snapshot was said to be complete.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>What it saw that can't be.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_gate)
            {
                return [.. _violations];
            }
        }
    }

    /// <summary>What happened to it lately.</summary>
    public string Story
    {
        get
        {
            lock (_gate)
            {
                return string.Join(Environment.NewLine, _story);
            }
        }
    }

    /// <summary>An event, live or replayed.</summary>
    public void Saw(string id, string key)
    {
        var place = Place.Parse(id);
        lock (_gate)
        {
            Write($"event {id} {key}");
            if (!_keys.Add(key))
            {
                Violate($"saw {key} twice, now as {id}");
            }

            if (_last.TryGetValue(place.Partition, out Place last))
            {
                if (last.Epoch != place.Epoch)
                {
                    Violate($"saw {id} after {last}: another epoch");
                }
                else if (place.Offset <= last.Offset || place.Ms < last.Ms)
                {
                    Violate($"saw {id} after {last}: out of order");
                }
            }

            _last[place.Partition] = place;
            _seen.Add((place, key));
            Volatile.Write(ref _count, _seen.Count);
        }
    }

    /// <summary>A value of a snapshot.</summary>
    public void SawValue(string stateKey, string id, string key)
    {
        lock (_gate)
        {
            Write($"value {stateKey} {id} {key}");
            if (start != ViewStart.Snapshot || _isComplete)
            {
                Violate($"saw the value {id} of {stateKey}, but no snapshot was under way");
            }

            // A snapshot that a break cut off comes again, and may be newer.
            _values[stateKey] = (Place.Parse(id), key);
        }
    }

    /// <summary>Its snapshot is complete.</summary>
    public void Completed()
    {
        lock (_gate)
        {
            Write("snapshot complete");
            _isComplete = true;
        }
    }

    /// <summary>It was told that something is missing; this log loses nothing, so nothing may be.</summary>
    public void ToldGap(string gap)
    {
        lock (_gate)
        {
            Write($"gap {gap}");
            Violate($"was told of a gap: {gap}");
        }
    }

    /// <summary>Something else that should not be.</summary>
    public void Failed(string what)
    {
        lock (_gate)
        {
            Write(what);
            Violate(what);
        }
    }

    /// <summary>Something that happened to it, for its story.</summary>
    public void Note(string what)
    {
        lock (_gate)
        {
            Write(what);
        }
    }

    private void Violate(string what) => _violations.Add($"{name}: {what}");

    private void Write(string line)
    {
        // Around the first violation is what one wants to read.
        if (_violations.Count > 0 && _story.Count >= LinesMax)
        {
            return;
        }

        _story.Enqueue(TimeProvider.System.GetUtcNow().ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture) + line);
        if (_story.Count > LinesMax)
        {
            _story.Dequeue();
        }
    }
}
