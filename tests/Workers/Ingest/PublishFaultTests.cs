using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Realtime.Log;
using Realtime.Tests.Support;
using Realtime.Workers.Ingest;

namespace Realtime.Tests.Workers.Ingest;

public sealed class PublishFaultTests
{
    private const string Path = "/v1/events";

    // a1 and its partition are hit by the faults, the others are not.
    private static readonly int HitPartition = Partitioner.Of("acme", "a1", 4);

    private static readonly string Spared =
        Enumerable.Range(2, 50).Select(n => $"a{n}").First(agent => Partitioner.Of("acme", agent, 4) != HitPartition);

    [Theory]
    [InlineData(LogUnavailableReason.Unreachable)]
    [InlineData(LogUnavailableReason.TimedOut)]
    [InlineData(LogUnavailableReason.Full)]
    [InlineData(LogUnavailableReason.Refused)]
    public async Task Without_the_log_nothing_is_stored_and_a_retry_is_asked_for(LogUnavailableReason reason)
    {
        await using var log = new FaultyLog(RunningWorker.NewLog()) { OnAppend = _ => FaultyLog.Away(reason) };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, $"[{Event("a1")},{Event(Spared)}]");

        answer.AssertProblem(503, "log_unavailable");
        Assert.Equal("1", answer.Headers["Retry-After"]);
        Assert.True(answer.Json.GetProperty("retry").GetBoolean());
        Assert.Equal(["/0", "/1"], answer.Places);
    }

    [Fact]
    public async Task If_one_stream_is_away_the_others_are_stored_and_each_event_has_its_own_result()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnAppend = stream => stream.Partition == HitPartition ? FaultyLog.Away() : null,
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, $"[{Event("a1")},{Event(Spared)},{Event("a1")}]");

        Assert.Equal(202, answer.Status);
        Assert.Equal(["log_unavailable", "", "log_unavailable"], PublishTests.Codes(answer));
        Assert.True(answer.Json.GetProperty("results")[0].GetProperty("error").GetProperty("retry").GetBoolean());
        Assert.True(answer.Json.TryGetProperty("pressure", out _));
    }

    [Fact]
    public async Task A_fault_in_one_stream_is_the_result_of_its_events_only()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnAppend = stream => stream.Partition == HitPartition ? new InvalidOperationException("A test's.") : null,
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, $"[{Event("a1")},{Event(Spared)},{Event("a1")}]");

        Assert.Equal(202, answer.Status);
        Assert.Equal(["internal", "", "internal"], PublishTests.Codes(answer));
        Assert.True(answer.Json.GetProperty("results")[2].GetProperty("error").GetProperty("retry").GetBoolean());

        Answer alone = await worker.PostAsync(Path, Event("a1"));
        alone.AssertProblem(500, "internal");
        Assert.True(alone.Json.GetProperty("retry").GetBoolean());
        Assert.DoesNotContain("A test's.", System.Text.Encoding.UTF8.GetString(alone.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_far_behind_is_429_with_the_pressure()
    {
        var pressure = new Pressure(PressureState.Pause, 5000, 5000);
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            InsteadOfAppend = batch => Result(batch, AppendStatus.Pressure, AppendStatus.AfterRefused, pressure),
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, $"[{Event("a1")},{Event("a1")}]");

        answer.AssertProblem(429, "pressure");
        Assert.Equal("1", answer.Headers["Retry-After"]);
        Assert.Equal("pause", answer.Json.GetProperty("pressure").GetProperty("state").GetString());
        Assert.Equal(5000, answer.Json.GetProperty("pressure").GetProperty("depth").GetInt64());
    }

    [Fact]
    public async Task A_real_reader_that_lags_makes_pressure_and_then_refusals()
    {
        await using var log = RunningWorker.NewLog(new LogOptions { Partitions = 4, QueueDepthMax = 10 });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        var stream = new StreamKey("acme", HitPartition);
        await log.ReportReaderAsync(stream, "slow", 0, CancellationToken.None);

        Answer eight = await worker.PostAsync(Path, $"[{string.Join(',', Enumerable.Repeat(Event("a1"), 8))}]");
        Answer four = await worker.PostAsync(Path, $"[{string.Join(',', Enumerable.Repeat(Event("a1"), 4))}]");
        Answer one = await worker.PostAsync(Path, Event("a1"));

        Assert.Equal("pause", eight.Json.GetProperty("pressure").GetProperty("state").GetString());
        Assert.Equal(202, four.Status);
        Assert.Equal(["", "", "pressure", "after_refused"], PublishTests.Codes(four));
        one.AssertProblem(429, "pressure");
    }

    [Fact]
    public async Task The_pressure_told_is_that_of_the_worst_stream()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog());
        int appends = 0;
        log.InsteadOfAppend = batch => Result(
            batch, AppendStatus.Stored, AppendStatus.Stored,
            Interlocked.Increment(ref appends) == 1
                ? new Pressure(PressureState.Pause, 4100, 5000)
                : new Pressure(PressureState.Ok, 3900, 5000));
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, $"[{Event("a1")},{Event(Spared)}]");

        Assert.Equal(2, appends);
        Assert.Equal(4100, answer.Json.GetProperty("pressure").GetProperty("depth").GetInt64());
    }

    [Fact]
    public async Task A_log_that_is_away_outranks_pressure_and_conflicts()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnAppend = stream => stream.Partition == HitPartition ? FaultyLog.Away() : null,
            InsteadOfAppend = batch => Result(batch, AppendStatus.Conflict, AppendStatus.AfterRefused, default),
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, $"[{Event(Spared)},{Event("a1")}]");

        answer.AssertProblem(503, "log_unavailable");
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_and_shows_nothing_of_it()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnAppend = _ => new InvalidOperationException("secret detail"),
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Path, Event("a1"));

        answer.AssertProblem(500, "internal");
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bytes_that_requests_hold_together_are_limited_and_given_back()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--event_plane:ingest:in_flight_bytes_max", "1048576");
        ByteBudget budget = worker.Get<ByteBudget>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] large = Encoding.UTF8.GetBytes(Event("a1").PadRight(800_000));
        using var slow = new ChunkedContent(large, pieces: 2, gate.Task);
        slow.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        Task<Answer> first = worker.PostAsync(Path, slow);
        await Eventually.TrueAsync("the first request holds bytes", () => budget.Taken > 300_000);
        Answer refused = await worker.PostAsync(Path, Encoding.UTF8.GetString(large));
        Answer small = await worker.PostAsync(Path, Event("a1"));
        gate.SetResult();

        refused.AssertProblem(429, "rate_limited");
        Assert.Equal("1", refused.Headers["Retry-After"]);
        Assert.Equal(202, small.Status);
        Assert.Equal(202, (await first).Status);
        await Eventually.TrueAsync("all bytes are given back", () => budget.Taken == 0);
    }

    private static string Event(string agent) =>
        JsonSerializer.Serialize(new { channel = "agents", type = "x", agent, payload = 1 });

    private static AppendResult Result(
        IReadOnlyList<EventAppend> batch, AppendStatus first, AppendStatus rest, Pressure pressure) =>
        new([.. batch.Select((_, i) => new AppendOutcome(i == 0 ? first : rest, default))], pressure);
}
