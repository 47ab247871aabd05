using System.Collections.Concurrent;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>What fails once its time is over, in words of its own: a failed attempt like any other.</summary>
public sealed class LateFailureTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ScriptedEdge _edge = null!;

    public async Task InitializeAsync() => _edge = await ScriptedEdge.StartAsync();

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    [Fact]
    public async Task A_token_provider_that_blocks_past_its_time_and_then_fails_is_asked_again()
    {
        await using RealtimeClient client = Make(_edge.Options with
        {
            Token = (attempt, cancellationToken) =>
            {
                if (attempt.Number > 1)
                {
                    return ValueTask.FromResult("token-2");
                }

                _begun.TrySetResult();
                cancellationToken.WaitHandle.WaitOne();
                throw new HttpRequestException("the vault is away");
            },
        });
        await IsLateAsync(client);
        Assert.Equal("token-2", (await _edge.AcceptAsync()).Token);
    }

    [Fact]
    public async Task A_handler_that_fails_once_it_is_cancelled_is_a_timeout()
    {
        await using RealtimeClient client = Make(
            _edge.Options with { CreateHandler = () => new HandlerThatFailsWhenCancelled(_begun) });
        await IsLateAsync(client);
    }

    [Fact]
    public async Task Who_closes_the_client_meanwhile_has_closed_it()
    {
        RealtimeClient client = Make(
            _edge.Options with { CreateHandler = () => new HandlerThatFailsWhenCancelled(_begun) });
        client.Subscribe();
        await _begun.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await client.DisposeAsync();

        Assert.Equal(
            (ConnectionStatus.Closed, (string?)null, (RealtimeException?)null),
            (client.State.Status, client.State.Reason, client.State.Error));
    }

    private RealtimeClient Make(RealtimeClientOptions options) => new(options with { TimeProvider = _clock });

    // The wait that follows is less than a millisecond, which the clock need not be moved for.
    private async Task IsLateAsync(RealtimeClient client)
    {
        var states = new ConcurrentQueue<ConnectionState>();
        client.StateChanged += (_, state) => states.Enqueue(state);
        client.Subscribe();
        await _begun.Task.WaitAsync(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(10));
        ConnectionState failed = await Eventually.FindAsync(
            "the attempt has failed",
            () => states.FirstOrDefault(state => state.Status != ConnectionStatus.Connecting));
        Assert.Equal((ConnectionStatus.Waiting, ClientErrorCodes.Timeout), (failed.Status, failed.Reason));
    }

    private sealed class HandlerThatFailsWhenCancelled(TaskCompletionSource begun) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new HttpRequestException("the proxy hung up");
        }
    }
}
