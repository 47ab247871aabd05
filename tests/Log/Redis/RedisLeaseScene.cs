using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using StackExchange.Redis;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>A Redis of its own, a log on it, and a holder with an agent and a task to lease.</summary>
internal sealed class RedisLeaseScene : IAsyncLifetime
{
    public static readonly ProducerClaim Runner = new("runner", 5);
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    public static readonly LeaseKey TheTask = new("acme", LeaseKind.Task, "task-1");
    public static readonly LeaseKey TheAgent = new("acme", LeaseKind.Agent, "a1");

    public RedisServer Server { get; private set; } = null!;

    public RedisLog Log { get; private set; } = null!;

    /// <summary>The steps of a sweep, one by one.</summary>
    public RedisLeases Leases { get; private set; } = null!;

    private RedisConnection Connection { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Log = Create(Server);
        await BackAsync(Log);
        LogOptions options = Options(Server.Endpoint);
        var keys = new RedisKeys(new RedisGeneration(options.Partitions));
        Connection = new RedisConnection(options.Redis, "test", null, TimeProvider.System, NullLogger.Instance);
        Leases = new RedisLeases(
            Connection, keys, new RedisTerminalRegistry(Connection, keys, options, TimeProvider.System), options);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Log.DisposeAsync();
        await Server.DisposeAsync();
    }

    public static int PartitionOf(LeaseKey lease) => Partitioner.Of(lease.Tenant, lease.Name, 4);

    /// <summary>Waits until the lease, alone in its partition, has run out.</summary>
    public async Task<LeaseEntry> DueAsync(LeaseKey lease)
    {
        LeaseWork? work = null;
        await Eventually.TrueAsync("it runs out", async () =>
        {
            work = await Leases.FindWorkAsync(PartitionOf(lease), 10, None);
            return work.Due.Count > 0;
        });
        return Assert.Single(work!.Due);
    }

    public RedisKey[] KeysOf(int partition) =>
        new RedisKeys(new RedisGeneration(Options(Server.Endpoint).Partitions)).Leases(partition);

    /// <summary>How many events stand where the lease's loss is told.</summary>
    public async Task<long> LostAsync(LeaseKey lease)
    {
        StreamOpening opening = await Log.OpenAsync(new StreamKey("acme", PartitionOf(lease)), None);
        return opening.End.Entry.Offset;
    }
}
