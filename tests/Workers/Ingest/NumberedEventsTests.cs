using System.Text.Json;
using Realtime.Log;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest;

/// <summary>Events with their producer's numbers, over HTTP in both forms and on a socket.</summary>
public sealed class NumberedEventsTests
{
    private const string Path = "/v1/events";

    [Fact]
    public async Task What_is_sent_again_is_answered_with_the_first_ids_in_both_forms()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer first = await worker.PostAsync(Path, $"[{Event(1)},{Event(2)}]");
        Assert.Equal(202, first.Status);
        Assert.Equal(["False", "False"], Short(first));

        var body = new ByteArrayContent(MessagePackJson.FromJson($"[{Event(1)},{Event(2)},{Event(3)}]"));
        body.Headers.ContentType = new("application/msgpack");
        Answer again = await worker.PostAsync(Path, body);

        Assert.Equal(202, again.Status);
        using var results = JsonDocument.Parse(MessagePackJson.ToJson(again.Body));
        JsonElement[] all = [.. results.RootElement.GetProperty("results").EnumerateArray()];
        Assert.Equal([true, true, false], all.Select(one => one.GetProperty("duplicate").GetBoolean()));
        Assert.Equal(Ids(first), all.Take(2).Select(one => one.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task A_gap_is_told_with_what_is_expected_beside_what_was_stored_and_alone()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer beside = await worker.PostAsync(Path, $"[{Event(1)},{Event(3)},{Event(4)}]");
        Assert.Equal(202, beside.Status);
        Assert.Equal(["False", "producer_gap 2", "after_refused"], Short(beside));

        Answer alone = await worker.PostAsync(Path, $"[{Event(3)},{Event(4)}]");

        alone.AssertProblem(409, "producer_gap");
        Assert.False(alone.Json.GetProperty("retry").GetBoolean());
        Assert.Equal(["/0", "/1"], alone.Places);
        Assert.Equal(["producer_gap 2", "after_refused"], Short(alone));
        Assert.Equal(202, (await worker.PostAsync(Path, $"[{Event(2)},{Event(3)},{Event(4)}]")).Status);
    }

    [Fact]
    public async Task An_earlier_life_is_refused_for_good()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostAsync(Path, $"[{Event(1)},{Event(2)}]");
        await worker.PostAsync(Path, Event(1, epoch: 6));

        Answer zombie = await worker.PostAsync(Path, Event(3));

        zombie.AssertProblem(409, "stale_producer");
        Assert.False(zombie.Json.GetProperty("retry").GetBoolean());
        Assert.Equal(["stale_producer"], Short(zombie));
    }

    [Fact]
    public async Task Numbers_count_by_group_else_agent_else_task_else_channel()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] about =
        [
            "\"agent\":\"a1\",\"group\":\"g1\"", "\"agent\":\"a1\"", "\"task\":\"t1\"", "\"project\":\"p1\"",
            "\"agent\":\"a2\",\"task\":\"t1\"",
        ];

        Answer answer = await worker.PostAsync(Path, $"[{string.Join(',', about.Select(a => Event(1, about: a)))}]");
        Assert.Equal(Enumerable.Repeat("False", about.Length), Short(answer));

        // The same groups by other ways.
        string[] same = ["\"group\":\"g1\"", "\"group\":\"a1\"", "\"group\":\"t1\"", "\"group\":\"agents\""];
        answer = await worker.PostAsync(Path, $"[{string.Join(',', same.Select(a => Event(1, about: a)))}]");
        Assert.Equal(Enumerable.Repeat("True", same.Length), Short(answer));
    }

    [Fact]
    public async Task On_a_socket_nothing_overtakes_a_gap()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using ProducerSocket socket = await ProducerSocket.OpenAsync(worker);
        await socket.SayAsync(Publish(1, Event(1)));
        await socket.SayAsync(Publish(2, Event(3)));
        await socket.SayAsync(Publish(3, """{"channel":"agents","type":"x","agent":"a1","payload":1}"""));
        Assert.Equal("published 1", await socket.NextShortAsync());
        JsonElement gap = (await socket.NextAsync())!.Value;
        Assert.Equal("producer_gap", gap.GetProperty("code").GetString());
        Assert.Equal(2, gap.GetProperty("results")[0].GetProperty("error").GetProperty("expected").GetInt64());
        Assert.Equal("after_refused 3", await socket.NextShortAsync());

        await socket.SayAsync(Publish(2, $"{Event(2)},{Event(3)}"));
        await socket.SayAsync(Publish(3, """{"channel":"agents","type":"x","agent":"a1","payload":1}"""));
        Assert.Equal("published 2", await socket.NextShortAsync());
        Assert.Equal("published 3", await socket.NextShortAsync());
    }

    [Fact]
    public async Task Half_a_number_is_refused_before_anything_is_stored()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer answer = await worker.PostAsync(
            Path, """{"channel":"agents","type":"x","agent":"a1","payload":1,"producer":"p","key":"k"}""");
        answer.AssertProblem(400, "bad_request");
        Assert.Equal(["/producer_epoch", "/producer_seq", "/key"], answer.Places);
    }

    [Fact]
    public async Task Each_event_is_stored_once_although_every_other_answer_is_lost()
    {
        await using var memory = RunningWorker.NewLog();
        int calls = 0;
        await using var log = new FaultyLog(memory)
        {
            AroundAppend = async appendAsync =>
            {
                AppendResult stored = await appendAsync();
                return Interlocked.Increment(ref calls) % 2 == 0 ? stored : throw FaultyLog.Away();
            },
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        for (int seq = 1; seq <= 20; seq += 2)
        {
            Answer answer = await worker.PostAsync(Path, $"[{Event(seq)},{Event(seq + 1)}]");
            answer.AssertProblem(503, "log_unavailable");
            answer = await worker.PostAsync(Path, $"[{Event(seq)},{Event(seq + 1)}]");
            Assert.Equal(["True", "True"], Short(answer));
        }

        Answer history = await worker.GetAsync("/v1/events?agents=a1");
        Assert.Equal(
            Enumerable.Range(1, 20),
            history.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("payload").GetInt32()));
    }

    private static string Event(int seq, long epoch = 5, string about = "\"agent\":\"a1\"") =>
        $$"""
        {"channel":"agents","type":"x",{{about}},"producer":"p","producer_epoch":{{epoch}},"producer_seq":{{seq}},
        "payload":{{seq}}}
        """;

    private static string Publish(int seq, string events) =>
        $$"""{"op":"publish","seq":{{seq}},"events":[{{events}}]}""";

    // Of each result whether it was a duplicate, or its code with what is expected.
    private static string[] Short(Answer answer) =>
    [
        .. answer.Json.GetProperty("results").EnumerateArray().Select(result =>
            !result.TryGetProperty("error", out JsonElement error)
                ? result.GetProperty("duplicate").GetBoolean().ToString()
                : error.TryGetProperty("expected", out JsonElement expected)
                    ? $"{error.GetProperty("code").GetString()} {expected.GetInt64()}"
                    : error.GetProperty("code").GetString()!),
    ];

    private static IEnumerable<string> Ids(Answer answer) =>
        answer.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()!);
}
