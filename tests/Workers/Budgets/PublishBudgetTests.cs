using System.Text.Json;
using Realtime.Tests.Workers.Ingest.Sockets;
using Realtime.Workers.Budgets;

namespace Realtime.Tests.Workers.Budgets;

/// <summary>What producers are told whose tenant sent as much as it may.</summary>
public sealed class PublishBudgetTests
{
    private const string Events = "--event_plane:budgets:events_per_second";
    private const string Bytes = "--event_plane:budgets:bytes_per_second";

    [Fact]
    public async Task Over_http_it_is_429_with_a_time_to_come_again_and_nothing_is_stored()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Events, "10");
        await UseUpAsync(worker, 600);

        Answer refused = await worker.PostAsync("/v1/events", EventJson("a1"));

        refused.AssertProblem(429, "rate_limited");
        Assert.True(refused.Json.GetProperty("retry").GetBoolean());
        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 30, 60);
        Assert.Contains("retry_after_ms", refused.Json.GetProperty("errors")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Terminals_share_the_bytes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Bytes, "1024");
        Assert.Equal(202, (await worker.PostBytesAsync("/v1/tasks/t1/terminal", new byte[60_000])).Status);
        await worker.Get<RateBudgets>().DisposeAsync();

        Answer refused = await worker.PostBytesAsync("/v1/tasks/t1/terminal?offset=60000", [1]);
        Answer events = await worker.PostAsync("/v1/events", EventJson("a1"));

        refused.AssertProblem(429, "rate_limited");
        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 30, 60);
        events.AssertProblem(429, "rate_limited");
    }

    [Fact]
    public async Task Another_tenant_is_not_slowed()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Events, "10");
        await UseUpAsync(worker, 600);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events");
        request.Content = new StringContent(EventJson("a1"), null, "application/json");

        Answer answer = await Answer.ReadAsync(await worker.SendAsync(request, RunningWorker.Stamp("other")));

        Assert.Equal(202, answer.Status);
    }

    [Fact]
    public async Task On_a_socket_nothing_overtakes_what_was_refused_and_numbers_go_on_where_they_were()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Events, "100");
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        await producer.SayAsync(Publish(1, 1));
        Assert.Equal("published 1", await producer.NextShortAsync());
        await UseUpAsync(worker, 200);

        // The second is refused; when there is room again, the third still may not overtake it.
        await producer.SayAsync(Publish(2, 2));
        JsonElement refused = (await producer.NextAsync())!.Value;
        Assert.Equal("rate_limited", refused.GetProperty("code").GetString());
        int wait = refused.GetProperty("retry_after_ms").GetInt32();
        Assert.InRange(wait, 1, 2_000);
        Assert.True(refused.GetProperty("retry").GetBoolean());
        await Support.Eventually.TrueAsync("there is room", async () =>
            (await worker.PostAsync("/v1/events", EventJson("a2"))).Status == 202);
        await producer.SayAsync(Publish(3, 3));
        Assert.Equal("after_refused 3", await producer.NextShortAsync());

        foreach (int seq in new[] { 2, 3 })
        {
            await Support.Eventually.TrueAsync("it is taken under its own number", async () =>
            {
                await producer.SayAsync(Publish(seq, seq));
                string answer = await producer.NextShortAsync();
                Assert.Contains(answer, new[] { $"published {seq}", $"rate_limited {seq}" });
                return answer.StartsWith("published", StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public async Task A_terminals_end_does_not_overtake_bytes_that_were_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Bytes, "100000");
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);
        Assert.Equal(202, (await worker.PostBytesAsync("/v1/tasks/t0/terminal", new byte[250_000])).Status);
        await worker.Get<RateBudgets>().DisposeAsync();

        await producer.AppendAsync(1, "t1", 0);
        Assert.Equal("rate_limited 1", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"end","seq":2,"task":"t1","exit_code":0}""");
        Assert.Equal("after_refused 2", await producer.NextShortAsync());
    }

    [Fact]
    public async Task Of_one_request_some_may_be_stored_and_others_told_to_come_again()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Events, "10");
        string[] events = [.. Enumerable.Range(0, 400).Select(i => EventJson($"a{i}"))];

        // Four streams: what the first ones use up is told before the last ones are looked at, or soon after.
        Answer first = await worker.PostAsync("/v1/events", $"[{string.Join(',', events)}]");
        await worker.Get<RateBudgets>().DisposeAsync();
        Answer second = await worker.PostAsync("/v1/events", $"[{string.Join(',', events)}]");

        Assert.Equal(202, first.Status);
        JsonElement[] results = [.. first.Json.GetProperty("results").EnumerateArray()];
        Assert.Equal(400, results.Length);
        Assert.All(
            results.Where(result => result.TryGetProperty("error", out _)).Select(one => one.GetProperty("error")),
            error =>
            {
                Assert.Equal("rate_limited", error.GetProperty("code").GetString());
                Assert.True(error.GetProperty("retry_after_ms").GetInt32() > 0);
            });
        second.AssertProblem(429, "rate_limited");
    }

    private static async Task UseUpAsync(RunningWorker worker, int events)
    {
        string batch = $"[{string.Join(',', Enumerable.Repeat(EventJson("a9"), events))}]";
        Assert.Equal(202, (await worker.PostAsync("/v1/events", batch)).Status);
        await worker.Get<RateBudgets>().DisposeAsync(); // Waits until it is told.
    }

    private static string EventJson(string agent) =>
        $$"""{"channel":"agents","type":"x","agent":"{{agent}}","payload":1}""";

    private static string Publish(int seq, int number) =>
        $$$"""
        {"op":"publish","seq":{{{seq}}},"events":{"channel":"agents","type":"x","agent":"a1","payload":1,
        "producer":"p1","producer_epoch":1,"producer_seq":{{{number}}}}}
        """;
}
