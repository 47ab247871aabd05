using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Tests.Workers.Ingest;

/// <summary>What becomes of published events: results, keys, traces, grants, tenants.</summary>
public sealed class PublishTests
{
    private const string Path = "/v1/events";
    private const string Good = """{"channel":"agents","type":"agent.status","agent":"a1","payload":{"n":1}}""";

    [Fact]
    public async Task One_event_is_answered_as_the_protocol_says()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.PostAsync(Path, Good);

        Assert.Equal(202, answer.Status);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        JsonElement result = Assert.Single(answer.Json.GetProperty("results").EnumerateArray());
        Assert.True(EventPosition.TryParse(result.GetProperty("id").GetString(), out EventPosition id));
        Assert.Equal(Partitioner.Of("acme", "a1", 4), id.Partition);
        Assert.Equal(1, id.Entry.Offset);
        Assert.Equal(
            $$$"""{"results":[{"id":"{{{id}}}","duplicate":false}],"pressure":{"state":"ok","depth":0,"limit":5000}}""",
            Encoding.UTF8.GetString(answer.Body));
    }

    [Fact]
    public async Task Results_stand_in_the_order_of_the_events_and_streams_keep_it()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        object[] events = [.. Enumerable.Range(0, 200).Select(i =>
            new { channel = "agents", type = "x", agent = $"a{i % 9}", payload = i })];

        EventPosition[] ids = [.. (await worker.PublishAsync(events)).Select(Position)];

        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(Partitioner.Of("acme", $"a{i % 9}", 4), ids[i].Partition);
        }

        foreach (IGrouping<int, EventPosition> stream in ids.GroupBy(id => id.Partition))
        {
            Assert.Equal(
                Enumerable.Range(1, stream.Count()).Select(n => (long)n), stream.Select(id => id.Entry.Offset));
        }
    }

    [Fact]
    public async Task The_same_key_gives_the_first_result_again_and_another_body_is_a_conflict()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string keyed = Good.Replace("\"payload\"", "\"key\":\"k1\",\"payload\"");
        string other = keyed.Replace("\"n\":1", "\"n\":2");

        Answer first = await worker.PostAsync(Path, keyed);
        Answer again = await worker.PostAsync(Path, keyed);
        Answer conflict = await worker.PostAsync(Path, other);
        Answer mixed = await worker.PostAsync(Path, $"[{Good},{other},{Good}]");

        Assert.Equal(202, again.Status);
        Assert.Equal(Id(first, 0), Id(again, 0));
        Assert.True(again.Json.GetProperty("results")[0].GetProperty("duplicate").GetBoolean());
        conflict.AssertProblem(409, "conflict");
        Assert.Equal(202, mixed.Status);
        Assert.Equal(["", "conflict", "after_refused"], Codes(mixed));
        Assert.False(mixed.Json.GetProperty("results")[1].GetProperty("error").GetProperty("retry").GetBoolean());
        Assert.True(mixed.Json.GetProperty("results")[2].GetProperty("error").GetProperty("retry").GetBoolean());
        Assert.Equal(2, (await worker.GetAsync(Path)).Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_retry_under_another_trace_is_the_same_event()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string keyed = Good.Replace("\"payload\"", "\"key\":\"k1\",\"payload\"");

        Answer first = await PostTracedAsync(worker, keyed, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Answer again = await PostTracedAsync(worker, keyed, "00-0af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01");

        Assert.Equal(202, again.Status);
        Assert.Equal(Id(first, 0), Id(again, 0));
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("nonsense", false)]
    public async Task A_sampled_trace_is_kept_in_the_envelope(string traceParent, bool isKept)
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await PostTracedAsync(worker, Good, traceParent);

        EventPosition id = Position(Id(answer, 0));
        EventRead read = await log.ReadAsync(
            new StreamKey("acme", id.Partition), default, ReadLimit.Default, ReadLane.Bulk, CancellationToken.None);
        Assert.True(EnvelopeCodec.TryRead(Assert.Single(read.Entries).Envelope, out EventEnvelope? envelope));
        Assert.Equal(isKept ? traceParent : null, envelope!.TraceParent);
    }

    [Fact]
    public async Task Events_that_the_token_does_not_cover_are_named_and_nothing_is_stored()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string other = Good.Replace("a1", "b1");

        Answer some = await worker.PostAsync(Path, $"[{Good},{other},{other}]", "publish:agents/a1 read:*");
        Answer one = await worker.PostAsync(Path, other, "publish:agents/a1");
        Answer none = await worker.PostAsync(Path, Good, "read:*");

        some.AssertProblem(403, "forbidden");
        Assert.Equal(["/1", "/2"], some.Places);
        one.AssertProblem(403, "forbidden");
        Assert.Equal([""], one.Places);
        none.AssertProblem(403, "forbidden");
        Assert.Equal(0, (await worker.GetAsync(Path)).Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_tenant_does_not_see_what_another_published()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostAsync(Path, Good);

        Assert.Equal(1, (await worker.GetAsync(Path)).Json.GetProperty("events").GetArrayLength());
        Assert.Equal(0, (await worker.GetAsync(Path, "other")).Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_large_batch_fits_and_its_order_is_kept()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        object[] events = [.. Enumerable.Range(0, 1000).Select(i =>
            new { channel = "tasks", type = "x", group = "one", payload = new { text = new string('x', 900), i } })];

        EventPosition[] ids = [.. (await worker.PublishAsync(events)).Select(Position)];

        Assert.Equal(Enumerable.Range(1, 1000).Select(n => (long)n), ids.Select(id => id.Entry.Offset));
    }

    internal static string Id(Answer answer, int index) =>
        answer.Json.GetProperty("results")[index].GetProperty("id").GetString()!;

    internal static EventPosition Position(string id) =>
        EventPosition.TryParse(id, out EventPosition position) ? position : throw new UnreachableException(id);

    internal static string[] Codes(Answer answer) =>
    [
        .. answer.Json.GetProperty("results").EnumerateArray().Select(result =>
            result.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetString()! : ""),
    ];

    private static async Task<Answer> PostTracedAsync(RunningWorker worker, string body, string traceParent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        return await Answer.ReadAsync(await worker.SendAsync(request, RunningWorker.Stamp()));
    }
}
