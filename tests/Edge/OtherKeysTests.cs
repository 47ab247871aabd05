using System.Net;
using System.Text.Json;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>A worker with other internal keys is found by its probes, not by clients.</summary>
public sealed class OtherKeysTests
{
    [Fact]
    public async Task A_worker_that_finds_stamps_wrong_gets_nothing_until_it_does_not()
    {
        await using FakeWorker good = await FakeWorker.StartAsync("w1");
        await using FakeWorker other = await FakeWorker.StartAsync("w2");
        other.ProbeVerdict = "wrong";
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([good, other]);
        await edge.WorkersAreAsync("ready", "unready");

        Assert.Equal(["keys"], Reasons((await edge.WorkersAsync())[1]));
        Assert.Single(
            edge.Logs.Lines, line => line.Contains("does not believe what this edge signs", StringComparison.Ordinal));
        for (int i = 0; i < 8; i++)
        {
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", EdgeUnderTest.Token(subject: $"s{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Empty(other.Seen);
        other.ProbeVerdict = "good";
        await edge.WorkersAreAsync("ready", "ready");
    }

    [Theory]
    [InlineData("good")]
    [InlineData("untimely")]
    [InlineData("nonsense")]
    public async Task Other_verdicts_are_no_reason(string verdict)
    {
        await using FakeWorker worker = await FakeWorker.StartAsync("w1");
        worker.ProbeVerdict = verdict;
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([worker]);

        await edge.WorkersAreAsync("ready");
        int probes = worker.Probes;
        await Eventually.TrueAsync("it is probed again", () => worker.Probes > probes + 1);
        await edge.WorkersAreAsync("ready");
    }

    [Theory]
    [InlineData("another-internal-key-of-32-bytes-or-more", "keys")]
    [InlineData(null, null)]
    public async Task A_real_worker_says_what_stamps_are_worth(string? key, string? reason)
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            WorkerSettings = key is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["connection_plane:internal_keys:0"] = key },
            WaitsUntilReady = false,
        });

        await Eventually.TrueAsync("the edge knows", async () =>
        {
            using JsonDocument document = await system.WorkersAsync();
            JsonElement worker = document.RootElement.GetProperty("workers")[0];
            return worker.GetProperty("available").GetBoolean() == reason is null
                && worker.GetProperty("state").GetString() == (reason is null ? "ready" : "unready")
                && Reasons(worker).SequenceEqual(reason is null ? [] : [reason]);
        });
    }

    private static string[] Reasons(JsonElement worker) =>
        [.. worker.GetProperty("reasons").EnumerateArray().Select(one => one.GetString()!)];
}
