namespace Realtime.Tests.EndToEnd;

/// <summary>One system on the embedded log for all tests of a class; each test has a tenant of its own on it.</summary>
public sealed class SharedSystem : IAsyncLifetime
{
    private RealtimeSystem? _system;
    private int _tenants;

    internal RealtimeSystem System => _system!;

    /// <summary>The name of a tenant that nobody else has.</summary>
    public string NewTenant() => $"tenant-{Interlocked.Increment(ref _tenants)}";

    public async Task InitializeAsync() => _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
    {
        // Tests wait for tokens to run out: else each takes 30 s more.
        WorkerSettings = new Dictionary<string, string> { ["connection_plane:auth:clock_skew"] = "0s" },
    });

    public async Task DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }
    }
}
