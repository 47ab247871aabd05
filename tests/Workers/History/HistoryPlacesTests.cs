using Realtime.Tests.Support;
using Realtime.Workers.History;

namespace Realtime.Tests.Workers.History;

/// <summary>Places for reads over HTTP: one tenant does not take those of the others.</summary>
public sealed class HistoryPlacesTests
{
    private const string Path = "/v1/tasks/t1/terminal";

    [Fact]
    public async Task A_tenant_with_slow_downloads_is_refused_by_name_and_the_others_are_served()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int looks = 0;
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundFindTerminal = async find =>
        {
            if (Interlocked.Increment(ref looks) <= 2)
            {
                await gate.Task;
            }

            return await find();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--connection_plane:history:downloads_max", "3",
            "--connection_plane:history:downloads_per_tenant_max", "2");
        using var sums = new Sums(worker, HistoryMetrics.MeterName);
        await worker.PostBytesAsync(Path, new byte[10]);
        Task<Answer> slow = worker.GetAsync(Path);
        Task<Answer> slowToo = worker.GetAsync(Path);
        await Eventually.TrueAsync("both are under way", () => Volatile.Read(ref looks) == 2);

        Answer third = await worker.GetAsync(Path);
        Answer other = await worker.GetAsync(Path, tenant: "other");
        gate.SetResult();

        third.AssertProblem(429, "rate_limited");
        Assert.Equal("1", third.Headers["Retry-After"]);
        Assert.Contains("tenant", third.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        other.AssertProblem(404, "not_found");
        Assert.Equal(1, sums["realtime_history_refused_total terminal tenant_places"]);
        Assert.Equal(200, (await slow).Status);
        Assert.Equal(200, (await slowToo).Status);
        Assert.Equal(200, (await worker.GetAsync(Path)).Status);
    }

    [Fact]
    public async Task When_all_places_are_taken_that_is_told_apart()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int looks = 0;
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundFindTerminal = async find =>
        {
            Interlocked.Increment(ref looks);
            await gate.Task;
            return await find();
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--connection_plane:history:downloads_max", "1");
        using var sums = new Sums(worker, HistoryMetrics.MeterName);
        Task<Answer> slow = worker.GetAsync(Path);
        await Eventually.TrueAsync("it is under way", () => Volatile.Read(ref looks) == 1);

        Answer other = await worker.GetAsync(Path, tenant: "other");
        gate.SetResult();

        other.AssertProblem(429, "rate_limited");
        Assert.DoesNotContain("tenant", other.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, sums["realtime_history_refused_total terminal worker_places"]);
        (await slow).AssertProblem(404, "not_found");
    }
}
