using Realtime.Client;

namespace Realtime.Tests.Client;

/// <summary>A subscription larger than one message may be: the server would close the connection for it.</summary>
public sealed class MessageLimitTests
{
    [Fact]
    public async Task It_fails_alone_and_is_never_sent()
    {
        await using ScriptedEdge edge = await ScriptedEdge.StartAsync();
        await using RealtimeClient client = edge.NewClient();
        EventSubscription large = client.Subscribe(new EventSubscriptionOptions
        {
            Agents = [.. Enumerable.Repeat(new string('a', 128), 10)],
        });
        client.Subscribe(new EventSubscriptionOptions { Agents = ["a1"] });
        ScriptedSocket socket = await edge.AcceptAsync();
        await socket.SayAsync(
            """
            {"op":"welcome","protocol":"realtime.v1","heartbeat_ms":20000,"time":1795230320703,
            "limits":{"message_bytes":1000,"subscriptions":64,"terminal_window_bytes":262144}}
            """);

        Assert.Equal("""{"op":"subscribe","id":"s2","agents":["a1"]}""", (await socket.HearAsync()).ToJsonString());
        var failure = await Assert.ThrowsAsync<RealtimeException>(
            () => large.RunAsync(static (_, _) => ValueTask.CompletedTask).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(("too_large", false), (failure.Code, failure.Retry));
        Assert.Contains("1000 are allowed", failure.Message, StringComparison.Ordinal);
        Assert.Equal((ConnectionStatus.Connected, 1), (client.State.Status, edge.Handshakes));
    }
}
