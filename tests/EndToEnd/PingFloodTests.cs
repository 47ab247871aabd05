namespace Realtime.Tests.EndToEnd;

/// <summary>Pings, and pongs that nobody asked for, as fast as they can be sent.</summary>
public sealed class PingFloodTests
{
    private const byte Ping = 0x89;
    private const byte Pong = 0x8a;

    [Theory]
    [InlineData("/ws/agents", Ping)]
    [InlineData("/ws/agents", Pong)]
    [InlineData("/v1/publish", Ping)]
    [InlineData("/v1/publish", Pong)]
    public async Task A_flood_of_control_frames_is_closed_4429(string path, byte opcode)
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions());
        await using RawWebSocket flood = await RawWebSocket.OpenAsync(system, path, system.Token());
        byte[] frame = [opcode, 0x80, 0, 0, 0, 0];

        await flood.SendAsync(Enumerable.Repeat(frame, 2000).SelectMany(bytes => bytes).ToArray());

        Assert.Equal(4429, await flood.ClosedAsync());
    }
}
