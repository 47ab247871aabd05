using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Realtime.Log.Memory;
using Realtime.Log.Revocations;
using Realtime.Tests.Edge;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;
using Realtime.Workers.Revocations;

namespace Realtime.Tests.Workers.Revocations;

/// <summary>
/// An order that held on this worker while the log was away, and finds no room there when it is back.
/// </summary>
public sealed class RevocationRoomTests
{
    [Fact]
    public async Task What_the_log_has_no_room_for_is_told_once_and_stored_as_soon_as_there_is()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await using MemoryLog memory = RunningWorker.NewLog();
        var store = new FaultyRevocations(memory.Revocations) { IsAway = true };
        var logs = new CapturedLogs();
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddProvider(logs));
        using var counted = new Counted(worker.Get<IMeterFactory>());
        var clock = new ManualClock();
        var options = new RevocationOptions { EntriesMax = 1 };
        using var sync = new RevocationSync(
            new RevocationSet(options, clock), worker.Get<RevokedConnections>(),
            new FaultyLog(memory) { Revocations = store }, options, worker.Get<RevocationMetrics>(), clock,
            loggers.CreateLogger<RevocationSync>());
        Assert.Equal(
            new RevocationOrder(true, false, 0), await sync.RevokeAsync(Of("ann", clock), default));
        await memory.Revocations.AddAsync(Of("bob", TimeProvider.System), 1, default);

        // Another's place: the log has room for one, which it read by its own clock.
        store.IsAway = false;
        await sync.StartAsync(default);
        for (int i = 0; i < 20; i++)
        {
            int asked = store.Adds;
            clock.Advance(options.PollInterval);
            await Eventually.TrueAsync("it was tried again", () => store.Adds > asked);
        }

        Assert.Single(logs.Lines, line => line.Contains("takes no more", StringComparison.Ordinal));
        Assert.True(counted["realtime_revocation_changes_total source=full"] >= 1);
        store.Inner = RunningWorker.NewLog().Revocations;
        clock.Advance(options.PollInterval);
        await Eventually.TrueAsync("it is stored", async () =>
        {
            clock.Advance(options.PollInterval);
            return (await store.Inner.ReadAsync(default, 10, default)).Changes
                .Any(change => change.Key == RevocationKey.OfSubject("acme", "ann"));
        });
        await sync.StopAsync(default);
    }

    private static Revocation Of(string subject, TimeProvider clock)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new Revocation
        {
            Key = RevocationKey.OfSubject("acme", subject),
            RevokedAtMs = now,
            UntilMs = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(),
        };
    }
}
