namespace Realtime.Client.Http;

/// <summary>The numbers of one producer's events, group by group. Used by one call at a time.</summary>
internal sealed class ProducerNumbers(ProducerIdentity producer)
{
    /// <summary>Groups that are remembered; beyond that all begin a new life, which costs nothing.</summary>
    private const int GroupsMax = 10_000;

    /// <summary>Most bytes of events in doubt that are kept, for who gives them again.</summary>
    private const int DoubtBytesMax = 4 * 1024 * 1024;

    private readonly Dictionary<string, ProducerGroup> _groups = new(StringComparer.Ordinal);
    private long _epoch = producer.Epoch;

    /// <summary>The producer's name.</summary>
    public string Id => producer.Id;

    /// <summary>Whether the application says which life this is.</summary>
    public bool IsEpochGiven => producer.IsEpochGiven;

    /// <summary>Numbers follow each other, so that calls do too. Never disposed: it has no handle.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Why nothing is sent any more; null while it is.</summary>
    public StaleProducerException? Stale { get; set; }

    /// <summary>Begins a call: what is in doubt from earlier ones is looked at.</summary>
    public NumberedCall Begin(IReadOnlyList<EventDraft> events, byte[][] bodies)
    {
        if (_groups.Count + events.Count > GroupsMax)
        {
            _epoch = Math.Max(_epoch, _groups.Values.Select(static group => group.Epoch).DefaultIfEmpty().Max()) + 1;
            _groups.Clear();
        }

        ProducerGroup[] groups = [.. events.Select(GroupOf)];
        foreach (IGrouping<ProducerGroup, int> own in Enumerable.Range(0, groups.Length).GroupBy(i => groups[i]))
        {
            if (!own.Key.Fits([.. own.Select(i => bodies[i])]))
            {
                own.Key.BeginAnew();
            }
        }

        return new NumberedCall(this, groups, bodies);
    }

    /// <summary>Ends a call: what it left in doubt is kept, but not without bounds.</summary>
    public void End()
    {
        long bytes = 0;
        foreach (ProducerGroup group in _groups.Values.Where(static group => group.InDoubt.Count > 0))
        {
            bytes += group.InDoubt.Sum(static body => (long)body.Length);
            if (bytes > DoubtBytesMax)
            {
                group.BeginAnew();
            }
        }
    }

    private ProducerGroup GroupOf(EventDraft draft)
    {
        string name = draft.Group ?? draft.Agent ?? draft.Task ?? PublishBody.NameOf(draft.Channel);
        if (!_groups.TryGetValue(name, out ProducerGroup? group))
        {
            group = new ProducerGroup(_epoch);
            _groups.Add(name, group);
        }

        return group;
    }
}
