using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log.Memory;
using Realtime.Log.Revocations;
using Realtime.Protocol;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Drain;
using Realtime.Workers.Connections;
using Realtime.Workers.Health;
using Realtime.Workers.Revocations;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Revocations;

/// <summary>
/// Within a second, by a clock that the test moves: the bell needs no time at all, and without it one interval of the
/// poll, half a second, is enough.
/// </summary>
public sealed class RevocationPaceTests : IAsyncLifetime, IDisposable
{
    private static readonly RevocationOptions Options = new();

    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MemoryLog _log;
    private readonly FakeConnection _open;
    private readonly RevocationSet _set;
    private readonly RevokedConnections _connections;
    private RevocationSync? _sync;

    public RevocationPaceTests()
    {
        IMeterFactory meters = _services.GetRequiredService<IMeterFactory>();
        _log = RunningWorker.NewLog(clock: _clock);
        var registry = new ConnectionRegistry(
            new ConnectionOptions(), new WorkerLoad(), new LogWatch(NullLogger<LogWatch>.Instance));
        _set = new RevocationSet(Options, _clock);
        Metrics = new RevocationMetrics(meters, _set);
        _connections = new RevokedConnections(registry, _set, new ConnectionOptions(), Metrics, _clock);
        _open = new FakeConnection(_clock, meters);
        registry.Add(new RegisteredConnection(_open, ConnectionKind.Viewer, _clock.GetUtcNow(), () => { }));
    }

    private RevocationMetrics Metrics { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _sync!.StopAsync(CancellationToken.None);
        await _log.DisposeAsync();
    }

    public void Dispose()
    {
        _sync?.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task The_bell_brings_it_while_no_time_passes()
    {
        await StartAsync(isSilent: false);

        await RevokeAsync();

        await EndedAsync();
        Assert.Equal(0, _clock.GetTimestamp());
    }

    [Fact]
    public async Task Without_a_bell_one_interval_of_the_poll_brings_it_and_that_is_half_a_second()
    {
        await StartAsync(isSilent: true);

        // The longest wait is that of an order that comes just behind a look.
        await RevokeAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Null(_open.Outbox.PeekClose());
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await EndedAsync();
    }

    private async Task StartAsync(bool isSilent)
    {
        var store = new FaultyRevocations(_log.Revocations) { IsSilent = isSilent };
        var log = new FaultyLog(_log) { Revocations = store };
        _sync = new RevocationSync(
            _set, _connections, log, Options, Metrics, _clock, NullLogger<RevocationSync>.Instance);
        await _sync.StartAsync(CancellationToken.None);

        // At its start, and once it listens: from here on nothing but the bell or the clock makes it look.
        await Eventually.TrueAsync("it looked twice", () => store.Looks == 2);
    }

    private Task<bool> RevokeAsync() => _log.Revocations.AddAsync(
        new Revocation
        {
            Key = RevocationKey.OfTenant("acme"),
            RevokedAtMs = _clock.GetUtcNow().ToUnixTimeMilliseconds(),
            UntilMs = _clock.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(),
            Reason = "x",
        },
        Options.EntriesMax, CancellationToken.None);

    private Task EndedAsync() => Eventually.TrueAsync(
        "it is ended", () => _open.Outbox.PeekClose() is (CloseCode.Unauthorized, "token_revoked"));
}
