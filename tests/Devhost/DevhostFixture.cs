namespace Realtime.Tests.Devhost;

/// <summary>One devhost without demo agents, with two workers, shared by the tests of a class.</summary>
public sealed class DevhostFixture : IAsyncLifetime
{
    private DevhostProcess? _devhost;

    internal DevhostProcess Devhost => _devhost!;

    public async Task InitializeAsync() => _devhost = await DevhostProcess.StartAsync("--no-demo", "--workers", "2");

    public async Task DisposeAsync()
    {
        if (_devhost is not null)
        {
            await _devhost.DisposeAsync();
        }
    }
}
