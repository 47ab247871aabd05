using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// The only place that names a key or channel of Redis. Names of tenants and tasks hold no braces, slashes or equal
/// signs, so no two of them can make the same key, whatever an idempotency key contains.
/// </summary>
internal sealed class RedisKeys
{
    /// <summary>
    /// The member of <see cref="Streams"/> that seals a partition: its scripts write nothing more, and fail with this
    /// word. No tenant's name begins so.
    /// </summary>
    public const string Sealed = "!sealed";

    /// <summary>Holds the number of partitions that the log was made with: see <see cref="RedisLayout"/>.</summary>
    public const string Layout = "rt:layout";

    /// <summary>The tenants that a repartition has copied; there only while one runs.</summary>
    public const string Copied = "rt:repartition:copied";

    /// <summary>
    /// What members of <see cref="Streams"/> begin with that are no tenants: <see cref="Sealed"/> and the partition's
    /// clock.
    /// </summary>
    public const char NoTenant = '!';

    /// <summary>The channel rung after each change of revocations.</summary>
    public const string RevocationsBell = "rt:{r}:revocations:bell";

    /// <summary>How many keys <see cref="Of(StreamKey, int)"/> gives.</summary>
    public const int StreamKeys = 10;

    private readonly Lock _learning = new();
    private volatile string[]? _tags;

    /// <summary>The keys of one generation of streams.</summary>
    public RedisKeys(RedisGeneration generation) => Learn(generation);

    private RedisKeys()
    {
    }

    /// <summary>Whether it is known which keys are meant.</summary>
    public bool IsKnown => _tags is not null;

    /// <summary>How many partitions there are.</summary>
    public int Partitions => Tags.Length;

    /// <summary>How often the log was repartitioned before.</summary>
    public int Generation { get; private set; }

    private string[] Tags => _tags ?? throw new InvalidOperationException("The log's layout is not known yet.");

    /// <summary>Keys that are known once somebody looked at the layout.</summary>
    public static RedisKeys NotYetKnown() => new();

    /// <summary>Makes it known; once, since the keys of one call must be of one generation. Returns the one that is
    /// known, which may have been learnt before.</summary>
    public RedisGeneration Learn(RedisGeneration generation)
    {
        lock (_learning)
        {
            if (_tags is null)
            {
                Generation = generation.Number;
                _tags = RedisSlots.TagsOf(generation.Partitions, generation.Number);
            }

            return new RedisGeneration(_tags.Length, Generation);
        }
    }

    /// <summary>
    /// The keys of an event stream, in the order that <c>stream.lua</c> lays down, with room for more behind them.
    /// </summary>
    public RedisKey[] Of(StreamKey stream, int more = 0)
    {
        string start = Start(stream);
        var keys = new RedisKey[StreamKeys + more];
        keys[0] = start + "log";
        keys[1] = start + "meta";
        keys[2] = start + "state";
        keys[3] = start + "state:at";
        keys[4] = start + "readers";
        keys[5] = start + "readers:at";
        keys[6] = start + "idem:at";
        keys[7] = Streams(stream.Partition);
        keys[8] = start + "producers";
        keys[9] = start + "producers:at";
        return keys;
    }

    /// <summary>Those of them that are the stream's alone, and go with it.</summary>
    public RedisKey[] OwnOf(StreamKey stream)
    {
        RedisKey partitions = Streams(stream.Partition);
        return [.. Of(stream).Where(key => key != partitions)];
    }

    /// <summary>
    /// What the names of a stream's idempotency keys begin with; the equal sign keeps them apart from all others.
    /// </summary>
    public string IdempotencyStart(StreamKey stream) => Start(stream) + "idem:=";

    /// <summary>The channel rung after each append to a stream.</summary>
    public string Bell(StreamKey stream) => Start(stream) + "bell";

    /// <summary>The tenants that have a stream in a partition.</summary>
    public string Streams(int partition) => $"rt:{{{Tags[partition]}}}:streams";

    /// <summary>The terminals whose housekeeping belongs to a partition.</summary>
    public string Terminals(int partition) => $"rt:{{{Tags[partition]}}}:terminals";

    /// <summary>
    /// The keys of a partition's leases, in the order that <c>leases.lua</c> lays down; the last one is
    /// <see cref="Streams"/>, which says whether the partition is sealed.
    /// </summary>
    public RedisKey[] Leases(int partition)
    {
        string leases = $"rt:{{{Tags[partition]}}}:leases";
        return [leases, leases + ":held", leases + ":sealing", leases + ":swept", Streams(partition)];
    }

    /// <summary>The leases of a tenant, counted over all partitions.</summary>
    public static RedisKey LeasesOf(string tenant) => $"rt:{{q:{tenant}}}:leases";

    /// <summary>The keys of revocations, in the order that <c>revocation_add.lua</c> lays down.</summary>
    public static RedisKey[] Revocations()
    {
        const string Start = "rt:{r}:revocations";
        return [Start, Start + ":changed", Start + ":until", Start + ":meta"];
    }

    /// <summary>A ticket, by its hash.</summary>
    public static RedisKey Ticket(string hash) => $"rt:ticket:{hash}";

    /// <summary>The tickets that a tenant has.</summary>
    public static RedisKey TicketsOf(string tenant) => $"rt:{{q:{tenant}}}:tickets";

    /// <summary>What a tenant used lately; null: all together, by what is no tenant's name.</summary>
    public static RedisKey BudgetOf(string? tenant) => $"rt:{{q:{tenant ?? "!"}}}:budget";

    /// <summary>The places of a tenant's connections, in the order that <c>places.lua</c> lays down.</summary>
    public static RedisKey[] PlacesOf(string tenant)
    {
        string places = $"rt:{{q:{tenant}}}:places";
        return [places, places + ":of", places + ":subjects"];
    }

    /// <summary>The keys of a terminal, in the order that <c>terminal.lua</c> lays down.</summary>
    public static RedisKey[] Of(TerminalKey terminal)
    {
        string start = Start(terminal);
        return [start + "log", start + "meta", start + "sizes", start + "readers", start + "readers:at"];
    }

    /// <summary>The channel rung after each append to a terminal.</summary>
    public static string Bell(TerminalKey terminal) => Start(terminal) + "bell";

    /// <summary>A tenant's terminals, open and ended.</summary>
    public static string TerminalsOf(string tenant) => $"rt:{{q:{tenant}}}:terminals";

    /// <summary>The channel on which a process hears itself, to know that its subscriptions are alive.</summary>
    public static string Echo(Guid process) => $"rt:echo:{process:N}";

    /// <summary>A terminal as the member of a set.</summary>
    public static string Member(TerminalKey terminal) => $"{terminal.Tenant}/{terminal.Task}";

    /// <summary>Reads <see cref="Member"/>.</summary>
    public static TerminalKey ToTerminal(string member)
    {
        int slash = member.IndexOf('/', StringComparison.Ordinal);
        return new TerminalKey(member[..slash], member[(slash + 1)..]);
    }

    private static string Start(TerminalKey terminal) => $"rt:{{t:{terminal.Tenant}/{terminal.Task}}}:";

    private string Start(StreamKey stream) => $"rt:{{{Tags[stream.Partition]}}}:{stream.Tenant}:";
}
