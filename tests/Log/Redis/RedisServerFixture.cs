using Realtime.Tests.Support;

namespace Realtime.Tests.Log.Redis;

/// <summary>One <c>redis-server</c> for all tests that do it no harm; each test uses a tenant of its own.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    private RedisServer? _server;

    /// <summary>The server.</summary>
    internal RedisServer Server => _server!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Server.DisposeAsync();
}
