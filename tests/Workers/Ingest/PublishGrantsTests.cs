namespace Realtime.Tests.Workers.Ingest;

/// <summary>Who may publish of one agent neither overwrites nor fences what is another's.</summary>
public sealed class PublishGrantsTests
{
    private const string Other = """
        {"channel":"agents","type":"x","agent":"a2","state_key":"agent:a2:status",
         "producer":"runner","producer_epoch":1,"producer_seq":1,"payload":1}
        """;

    [Theory]
    [InlineData("""{"channel":"agents","type":"x","agent":"a1","state_key":"agent:a2:status","payload":null}""",
        "/state_key")]
    [InlineData("""
        {"channel":"agents","type":"x","agent":"a1","group":"a2",
         "producer":"runner","producer_epoch":9,"producer_seq":1,"payload":1}
        """, "/group")]
    [InlineData("""
        [{"channel":"agents","type":"x","agent":"a1","payload":1},
         {"channel":"agents","type":"x","agent":"a2","payload":1}]
        """, "/1")]
    public async Task It_is_forbidden_by_its_place_and_nothing_is_stored(string body, string place)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Assert.Equal(202, (await worker.PostAsync("/v1/events", Other)).Status);

        Answer answer = await worker.PostAsync("/v1/events", body, "publish:agents/a1 read:*");
        answer.AssertProblem(403, "forbidden");
        Assert.Equal([place], answer.Places);

        Answer again = await worker.PostAsync(
            "/v1/events", Other.Replace("_seq\":1", "_seq\":2", StringComparison.Ordinal));
        Assert.Equal(202, again.Status);
        Assert.Contains(
            "agent:a2:status", System.Text.Encoding.UTF8.GetString((await worker.GetAsync("/v1/agents")).Body),
            StringComparison.Ordinal);
    }
}
