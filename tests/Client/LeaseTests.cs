using System.Globalization;
using Realtime.Client;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>A lease is renewed for as long as its holder lives, lost when the server says so, and given back at the
/// end.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private const long ExpiresAtMs = 1_795_230_350_701;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly LeaseOptions Lease = new() { Ttl = TimeSpan.FromSeconds(24) };
    private static readonly TimeSpan Third = Lease.Ttl / 3;

    private readonly ManualClock _clock = new();
    private ScriptedEdge _edge = null!;
    private RealtimeClient _client = null!;

    public async Task InitializeAsync()
    {
        _edge = await ScriptedEdge.StartAsync();
        _client = Make(_edge.Options with
        {
            TimeProvider = _clock,
            Reconnect = new ReconnectOptions { Delay = TimeSpan.FromSeconds(1) },
            Producer = new ProducerOptions { Id = "runner-7", Epoch = 5 },
        });
    }

    public async Task DisposeAsync()
    {
        // A renewal that is under way is waited for, by this clock.
        Task closing = _client.DisposeAsync().AsTask();
        await Eventually.TrueAsync("it closes", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return closing.IsCompleted;
        });
        await closing;
        await _edge.DisposeAsync();
    }

    [Fact]
    public async Task It_is_renewed_after_a_third_of_its_time_and_given_back()
    {
        ProducerLease lease = await TakeAsync();
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAtMs), lease.ExpiresAt);
        for (int renewal = 1; renewal <= 3; renewal++)
        {
            _edge.Answer(Taken(ExpiresAtMs + renewal, isRenewed: true));
            await WaitsAsync(Third);
            _clock.Advance(Third - TimeSpan.FromMilliseconds(1));
            Assert.Equal(renewal, _edge.Requests.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await _edge.HasAsync(renewal + 1);
        }

        await WaitsAsync(Third);
        Assert.Equal(ExpiresAtMs + 3, lease.ExpiresAt.ToUnixTimeMilliseconds());
        _edge.Answer(new ScriptedAnswer(200, """{"released":true}"""));
        await lease.DisposeAsync();
        await lease.DisposeAsync();

        const string body = """{"agent":"a1","holder":"runner-7","epoch":5,"ttl_ms":24000}""";
        const string again = """{"agent":"a1","holder":"runner-7","epoch":5,"ttl_ms":24000,"renew":true}""";
        Assert.Equal(
            [
                ("/v1/leases", body), .. Enumerable.Repeat(("/v1/leases", again), 3),
                ("/v1/leases/release", """{"agent":"a1","holder":"runner-7","epoch":5}"""),
            ],
            _edge.Requests.Select(request => (request.Path, request.Body)));
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task While_the_server_is_away_it_is_tried_again_and_is_not_lost()
    {
        ProducerLease lease = await TakeAsync();
        _edge.Always = ScriptedAnswer.Problem(503, "log_unavailable", retry: true);
        await WaitsAsync(Third);
        _clock.Advance(Third);
        for (int attempt = 2; attempt < 15; attempt++)
        {
            await _edge.HasAsync(attempt);
            TimeSpan delay = await DelayAsync();
            Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            _clock.Advance(delay);
        }

        await _edge.HasAsync(15);
        _edge.Always = Taken(ExpiresAtMs + 99, isRenewed: true);
        _clock.Advance(await DelayAsync());
        await WaitsAsync(Third);
        Assert.Equal((null, false), (lease.LossReason, lease.Lost.IsCancellationRequested));
        Assert.Equal(ExpiresAtMs + 99, lease.ExpiresAt.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task If_nothing_is_answered_three_attempts_fit_into_its_time_and_then_it_is_asked_more_seldom()
    {
        ProducerLease lease = await TakeAsync();
        _edge.Always = new ScriptedAnswer(ScriptedAnswer.Silence, string.Empty);
        await WaitsAsync(Third);
        _clock.Advance(Third);
        TimeSpan waited = Third;
        int attempts = 0;
        for (; waited <= Lease.Ttl; attempts++)
        {
            await _edge.HasAsync(attempts + 2);
            await WaitsAsync(Lease.Ttl / 6);
            _clock.Advance(Lease.Ttl / 6);
            TimeSpan delay = TimeSpan.Zero;
            await Eventually.TrueAsync("it waits", () => IsDelay(out delay));
            Assert.InRange(delay, TimeSpan.Zero, waited + (Lease.Ttl / 6) < Lease.Ttl ? Lease.Ttl / 12 : Lease.Ttl);
            waited += (Lease.Ttl / 6) + delay;
            _clock.Advance(delay);
        }

        Assert.True(attempts >= 3, $"{attempts} attempts");
        await WaitsAsync(TimeSpan.FromSeconds(10));
        Assert.Null(lease.LossReason);

        bool IsDelay(out TimeSpan delay)
        {
            IReadOnlyList<TimeSpan> waits = _clock.Waits;
            delay = waits.Count == 1 ? waits[0] : default;
            return waits.Count == 1 && delay < Lease.Ttl / 6;
        }
    }

    [Fact]
    public async Task A_renewal_that_is_under_way_is_waited_for_before_it_is_given_back_but_not_for_ever()
    {
        ProducerLease lease = await TakeAsync();
        _edge.Answer(
            new ScriptedAnswer(ScriptedAnswer.Silence, string.Empty),
            new ScriptedAnswer(200, """{"released":true}"""));
        await WaitsAsync(Third);
        _clock.Advance(Third);
        await _edge.HasAsync(2);
        Task disposing = lease.DisposeAsync().AsTask();

        // The renewal has 4 s.
        TimeSpan[] waits = [Lease.Ttl / 6, TimeSpan.FromSeconds(5)];
        await Eventually.TrueAsync("both wait", () => _clock.Waits.Order().SequenceEqual(waits));
        Assert.Equal(2, _edge.Requests.Count);
        _clock.Advance(Lease.Ttl / 6);
        await _edge.HasAsync(3);
        await disposing.WaitAsync(Patience);
        Assert.Equal("/v1/leases/release", _edge.Requests[2].Path);
    }

    [Theory]
    [InlineData("stale_producer")]
    [InlineData("leased")]
    [InlineData("ended")]
    [InlineData(ErrorCodes.LeaseLost)]
    [InlineData(ErrorCodes.LeaseLost, true)]
    public async Task Its_loss_is_told_and_it_is_not_given_back(string code, bool isTakenAnew = false)
    {
        ProducerLease lease = await TakeAsync();
        var lost = new TaskCompletionSource();
        await using CancellationTokenRegistration told = lease.Lost.Register(lost.SetResult);
        _edge.Answer(isTakenAnew
            ? Taken(ExpiresAtMs, isRenewed: false)
            : ScriptedAnswer.Problem(409, code, retry: false));
        await WaitsAsync(Third);
        _clock.Advance(Third);
        await lost.Task.WaitAsync(Patience);
        Assert.Equal(code, lease.LossReason?.Code);
        await lease.DisposeAsync();
        Assert.Equal(2, _edge.Requests.Count);
    }

    [Fact]
    public async Task Who_is_refused_hears_until_when()
    {
        _edge.Answer(
            ScriptedAnswer.Problem(503, "no_worker", retry: true, "0"),
            new ScriptedAnswer(409, $$"""
                {"code":"leased","detail":"Another holds this lease.","retry":false,"expires_at":{{ExpiresAtMs}}}
                """),
            ScriptedAnswer.Problem(409, "stale_producer", retry: false));
        Task<ProducerLease> taking = _client.LeaseTaskAsync("t1", new LeaseOptions { Agent = "a1" });
        await _edge.HasAsync(1);
        _clock.Advance(await DelayAsync());
        var leased = await Assert.ThrowsAsync<LeasedException>(() => taking.WaitAsync(Patience));
        Assert.Equal(ExpiresAtMs, leased.ExpiresAt?.ToUnixTimeMilliseconds());
        await Assert.ThrowsAsync<StaleProducerException>(() => _client.LeaseTaskAsync("t1"));
        Assert.Equal(
            """{"agent":"a1","task":"t1","holder":"runner-7","epoch":5,"ttl_ms":30000}""", _edge.Requests[0].Body);
    }

    [Fact]
    public async Task A_client_that_is_closed_gives_back_what_it_holds()
    {
        await TakeAsync();
        _edge.Answer(new ScriptedAnswer(200, """{"released":true}"""));
        await _client.DisposeAsync();
        Assert.Equal(["/v1/leases", "/v1/leases/release"], _edge.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task What_a_producer_writes_to_a_terminal_claims_it()
    {
        _edge.Answer(
            new ScriptedAnswer(200, """{"end":1,"epoch":"k3x9qa","duplicate":false}"""),
            new ScriptedAnswer(200, "{}"), new ScriptedAnswer(200, "{}"),
            ScriptedAnswer.Problem(409, "stale_producer", retry: false));
        await _client.AppendTerminalAsync("t1", 0, "x"u8.ToArray());
        await _client.ResizeTerminalAsync("t1", 80, 24);
        await _client.EndTerminalAsync("t1", 0);
        await Assert.ThrowsAsync<StaleProducerException>(
            () => _client.AppendTerminalAsync("t1", 1, "x"u8.ToArray()));
        const string claim = "producer=runner-7&producer_epoch=5";
        Assert.Equal(
            [
                $"/v1/tasks/t1/terminal?offset=0&{claim}", $"/v1/tasks/t1/terminal/resize?{claim}",
                $"/v1/tasks/t1/terminal/end?{claim}", $"/v1/tasks/t1/terminal?offset=1&{claim}",
            ],
            _edge.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task Wrong_options_are_the_applications_fault()
    {
        await using var nobody = new RealtimeClient(_edge.Options);
        await Assert.ThrowsAsync<InvalidOperationException>(() => nobody.LeaseAgentAsync("a1"));
        foreach (int seconds in (int[])[9, 301])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _client.LeaseAgentAsync(
                "a1", new LeaseOptions { Ttl = TimeSpan.FromSeconds(seconds) }));
        }

        await Assert.ThrowsAsync<ArgumentException>(
            () => _client.LeaseAgentAsync("a1", new LeaseOptions { Agent = "a2" }));
        Assert.Empty(_edge.Requests);
    }

    private static RealtimeClient Make(RealtimeClientOptions options) => new(options);

    private static ScriptedAnswer Taken(long expiresAtMs, bool isRenewed) => new(
        200,
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"renewed":{{(isRenewed ? "true" : "false")}},"lease":{"agent":"a1","expires_at":{{expiresAtMs}} } }
            """));

    private async Task<ProducerLease> TakeAsync()
    {
        _edge.Answer(Taken(ExpiresAtMs, isRenewed: false));
        return await _client.LeaseAgentAsync("a1", Lease).WaitAsync(Patience);
    }

    private Task WaitsAsync(TimeSpan delay) =>
        Eventually.TrueAsync("it waits", () => _clock.Waits.SequenceEqual([delay]));

    // All that waits but the bound of one request, which stands until its answer was read.
    private async Task<TimeSpan> DelayAsync()
    {
        TimeSpan[] delays = [];
        await Eventually.TrueAsync(
            "it waits",
            () => (delays = [.. _clock.Waits.Where(wait => wait < Third && wait != Lease.Ttl / 6)]).Length == 1);
        return delays[0];
    }
}
