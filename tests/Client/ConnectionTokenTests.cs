using Realtime.Client;

namespace Realtime.Tests.Client;

/// <summary>Which token a connection brings, and what a refused one leads to.</summary>
public sealed class ConnectionTokenTests : IAsyncLifetime
{
    private ConnectionScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ConnectionScene.StartAsync();

    public Task DisposeAsync() => _scene.DisposeAsync().AsTask();

    [Fact]
    public async Task A_token_refused_on_an_open_socket_is_followed_by_one_attempt_with_another()
    {
        ScriptedSocket first = await _scene.ConnectAsync();
        await first.CloseAsync(4401);
        await _scene.PassAsync();
        ScriptedSocket second = await _scene.Edge.AcceptAsync();

        Assert.Equal(("token-1", "token-2"), (first.Token, second.Token));
        Assert.Equal([false, true], _scene.Asked.Select(attempt => attempt.WasRefused));

        // Refused before its `welcome`: two in a row are the end.
        await second.CloseAsync(4401);
        await _scene.ClosedAsync("unauthorized", 4401);
        Assert.Equal(2, _scene.Asked.Count);
    }

    [Fact]
    public async Task A_token_that_is_refused_and_given_again_is_the_end()
    {
        _scene.Token = static _ => "the-same";
        ScriptedSocket first = await _scene.ConnectAsync();
        await first.CloseAsync(4401);
        await _scene.PassAsync();
        await _scene.ClosedAsync("unauthorized", closeCode: null);

        Assert.Equal((2, 1), (_scene.Asked.Count, _scene.Edge.Handshakes));
    }

    [Fact]
    public async Task A_provider_that_fails_counts_as_a_failed_attempt_and_is_told()
    {
        _scene.Token = static number =>
            number == 1 ? throw new InvalidOperationException("no vault") : $"token-{number}";
        EventSubscription subscription = _scene.Client.Subscribe();
        ConnectionState waiting = await _scene.WaitingAsync();
        Assert.Equal((ClientErrorCodes.TokenFailed, 2), (waiting.Reason, waiting.Attempt));
        Assert.Contains("no vault", waiting.Error!.Message);

        await _scene.PassAsync();
        Assert.Equal("token-2", (await _scene.Edge.AcceptAsync()).Token);
        Assert.Equal(SubscriptionStatus.Subscribing, subscription.Status);
    }

    [Fact]
    public async Task What_can_not_be_a_token_goes_nowhere()
    {
        _scene.Token = static _ => "a b\r\nX: y";
        _scene.Client.Subscribe();
        Assert.Equal(ClientErrorCodes.TokenFailed, (await _scene.WaitingAsync()).Reason);
        Assert.Equal(0, _scene.Edge.Handshakes);
    }
}
