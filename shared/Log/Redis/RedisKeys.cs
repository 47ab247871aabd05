using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// The only place that names a key or channel of Redis. Names of tenants and tasks hold no braces, slashes or equal
/// signs, so no two of them can make the same key, whatever an idempotency key contains.
/// </summary>
internal sealed class RedisKeys(int partitions)
{
    /// <summary>Holds the number of partitions that the log was made with.</summary>
    public const string Layout = "rt:layout";

    /// <summary>How many keys <see cref="Of(StreamKey, int)"/> gives.</summary>
    public const int StreamKeys = 8;

    private readonly string[] _tags = RedisSlots.TagsOf(partitions);

    /// <summary>How many partitions there are.</summary>
    public int Partitions => partitions;

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
        return keys;
    }

    /// <summary>
    /// What the names of a stream's idempotency keys begin with; the equal sign keeps them apart from all others.
    /// </summary>
    public string IdempotencyStart(StreamKey stream) => Start(stream) + "idem:=";

    /// <summary>The channel rung after each append to a stream.</summary>
    public string Bell(StreamKey stream) => Start(stream) + "bell";

    /// <summary>The tenants that have a stream in a partition.</summary>
    public string Streams(int partition) => $"rt:{{{_tags[partition]}}}:streams";

    /// <summary>The terminals whose housekeeping belongs to a partition.</summary>
    public string Terminals(int partition) => $"rt:{{{_tags[partition]}}}:terminals";

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

    private string Start(StreamKey stream) => $"rt:{{{_tags[stream.Partition]}}}:{stream.Tenant}:";
}
