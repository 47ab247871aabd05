using System.Text.Json;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Connections;

namespace Realtime.Tests.Workers.Internal;

/// <summary>What the workers' README shows of each internal endpoint has just the members of the answer.</summary>
public sealed partial class DocumentedAnswersTests
{
    [Fact]
    public async Task Each_example_has_the_members_and_kinds_of_the_answer()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(worker, stamp: RunningWorker.Stamp(edge: "e1"));
        await CompareAsync(worker, HttpMethod.Get, "connections");
        await CompareAsync(worker, HttpMethod.Get, "partitions");
        await CompareAsync(worker, HttpMethod.Get, "limits");
        await CompareAsync(worker, HttpMethod.Get, "configuration");
        await CompareAsync(worker, HttpMethod.Post, "disconnect", "connections/disconnect?session=nobody");
        const string Revocation = "revocations?tenant=acme&subject=u9";
        await CompareAsync(worker, HttpMethod.Post, "revoke", Revocation + "&reason=lost");
        await CompareAsync(worker, HttpMethod.Get, "revocations");
        await CompareAsync(worker, HttpMethod.Delete, "unrevoke", Revocation);
        Assert.Equal(202, (await worker.OperateAsync(HttpMethod.Post, "/internal/drain")).Status);
        await CompareAsync(worker, HttpMethod.Get, "status");
    }

    private static async Task CompareAsync(RunningWorker worker, HttpMethod method, string name, string? path = null)
    {
        string example = Assert.Single(
            Examples().Matches(RepositoryRoot.Read("workers/README.md")),
            match => match.Groups["name"].Value == name).Groups["json"].Value;
        Answer answer = await worker.OperateAsync(method, "/internal/" + (path ?? name));
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            JsonShape.Of(JsonDocument.Parse(example).RootElement, IsOptional), JsonShape.Of(answer.Json, IsOptional));
    }

    // May be null.
    private static bool IsOptional(string name) =>
        name is "used" or "value" or "skew" or "entries" or "bytes" or "depth_max" or "tenants" or "edges";

    [GeneratedRegex("```json (?<name>[a-z]+)\n(?<json>.*)\n```")]
    private static partial Regex Examples();
}
