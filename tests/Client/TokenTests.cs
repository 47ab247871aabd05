using System.Collections.Concurrent;
using Realtime.Client;

namespace Realtime.Tests.Client;

/// <summary>What may be a token, and how often one is asked for.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private const int Requests = 10;

    private static readonly ScriptedAnswer Page = new(200, """{"agents":[],"cursor":[],"more":false}""");

    private readonly ConcurrentQueue<TokenAttempt> _asked = [];
    private readonly TaskCompletionSource<string> _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ScriptedEdge _edge = null!;
    private RealtimeClient _client = null!;
    private Func<TokenAttempt, Task<string>> _token = null!;

    public async Task InitializeAsync()
    {
        _edge = await ScriptedEdge.StartAsync();
        _edge.Always = Page;
        _token = _ => _given.Task;
        _client = Make((attempt, _) =>
        {
            _asked.Enqueue(attempt);
            return new ValueTask<string>(_token(attempt));
        });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _edge.DisposeAsync();
    }

    [Theory]
    [InlineData("a.b.c\n")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("YQ==")]
    [InlineData("\u00e4")]
    public void A_fixed_text_that_can_not_be_a_token_is_an_error_at_once(string token)
    {
        var wrong = Assert.Throws<ArgumentException>(() => FixedToken.Of(token));
        Assert.DoesNotContain(token, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_character_of_both_grammars_goes_through_header_and_handshake()
    {
        const string token = "AZaz09-._~+";
        await using RealtimeClient client = Make(FixedToken.Of(token));
        await client.ReadValuesAsync();
        Assert.Equal($"Bearer {token}", Assert.Single(_edge.Requests).Authorization);
        client.Subscribe();
        Assert.Equal(token, (await _edge.AcceptAsync()).Token);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("YQ==")]
    public async Task What_no_handshake_can_carry_is_no_token_over_http_either(string token)
    {
        _given.SetResult(token);
        var failure = await Assert.ThrowsAsync<RealtimeException>(() => _client.ReadValuesAsync());
        Assert.Equal(ClientErrorCodes.TokenFailed, failure.Code);
        Assert.Empty(_edge.Requests);
    }

    [Fact]
    public async Task Many_requests_at_once_ask_for_the_first_token_once()
    {
        Task[] reads = ReadMany();
        _given.SetResult("token-1");
        await Task.WhenAll(reads).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(new TokenAttempt(1, WasRefused: false), Assert.Single(_asked));
        Assert.Equal(Requests, _edge.Requests.Count);
    }

    [Fact]
    public async Task Many_refused_at_once_ask_for_another_once()
    {
        _token = attempt => attempt.WasRefused ? _given.Task : Task.FromResult("token-1");
        _edge.Answer([.. Enumerable.Repeat(ScriptedAnswer.Problem(401, "unauthorized", retry: false), Requests)]);
        Task[] reads = ReadMany();
        await _edge.HasAsync(Requests);
        _given.SetResult("token-2");
        await Task.WhenAll(reads).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal([false, true], _asked.Select(attempt => attempt.WasRefused));
        Assert.Equal(Requests, _edge.Requests.Count(request => request.Authorization == "Bearer token-2"));
    }

    [Fact]
    public async Task Who_stops_waiting_takes_nothing_from_the_others()
    {
        using var impatient = new CancellationTokenSource();
        Task first = _client.ReadValuesAsync(cancellationToken: impatient.Token);
        Task second = _client.ReadValuesAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _given.SetResult("token-1");
        await second.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_failure_is_told_to_all_who_wait_and_the_next_one_asks_again()
    {
        Task[] reads = ReadMany();
        _given.SetException(new InvalidOperationException("no vault"));
        foreach (Task read in reads)
        {
            Assert.Equal(
                ClientErrorCodes.TokenFailed, (await Assert.ThrowsAsync<RealtimeException>(() => read)).Code);
        }

        _token = static _ => Task.FromResult("token-1");
        await _client.ReadValuesAsync();
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task A_client_that_is_closed_waits_for_no_token()
    {
        Task read = _client.ReadValuesAsync();
        await _client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(ClientErrorCodes.Closed, (await Assert.ThrowsAsync<RealtimeException>(() => read)).Code);
    }

    private RealtimeClient Make(TokenProvider token) => new(_edge.Options with { Token = token });

    private Task[] ReadMany() => [.. Enumerable.Range(0, Requests).Select(_ => _client.ReadValuesAsync())];
}
