namespace Realtime.Tests.Log.Redis;

/// <summary>One cluster for all tests of the contract; each test uses a tenant of its own.</summary>
public sealed class RedisClusterFixture : IAsyncLifetime
{
    private RedisCluster? _cluster;

    /// <summary>The cluster.</summary>
    internal RedisCluster Cluster => _cluster!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _cluster = await RedisCluster.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
