using System.Net;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Keys change while edge and worker run, and nobody is refused for it.</summary>
public sealed class KeyRotationTests
{
    private const string OldKey = "the-old-internal-key-of-at-least-32-bytes";
    private const string NewKey = "the-new-internal-key-of-at-least-32-bytes";
    private const string OtherKey = "another-internal-key-of-at-least-32-bytes";

    private int _answered;

    [Fact]
    public async Task Internal_keys_rotate_under_traffic_whichever_side_hears_of_it_first()
    {
        await using DoorScene scene = await DoorScene.StartAsync(OldKey, EdgeUnderTest.SigningKey);
        using var stopping = new CancellationTokenSource();
        Task traffic = TrafficAsync(scene, stopping.Token);

        string[][] steps = [[OldKey, NewKey], [NewKey, OldKey], [NewKey]];
        bool edgeFirst = true;
        foreach (string[] keys in steps)
        {
            DoorScene.Write(edgeFirst ? scene.EdgeKeys : scene.WorkerKeys, keys);
            Look(scene, edgeFirst);
            await ServedAsync(scene, traffic);
            DoorScene.Write(edgeFirst ? scene.WorkerKeys : scene.EdgeKeys, keys);
            Look(scene, !edgeFirst);
            await ServedAsync(scene, traffic);
            edgeFirst = !edgeFirst;
        }

        await stopping.CancelAsync();
        await traffic;

        // The old one is worth nothing any more, and neither is what only one side knows.
        Assert.Equal(HttpStatusCode.Unauthorized, await DirectAsync(scene, OldKey));
        Assert.Equal(HttpStatusCode.OK, await DirectAsync(scene, NewKey));
        DoorScene.Write(scene.EdgeKeys, OtherKey);
        scene.EdgeLooks();
        using HttpResponseMessage answer = await scene.Edge.GetAsync("/v1/agents", EdgeUnderTest.Token());
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_file_of_keys_that_are_of_no_use_changes_nothing()
    {
        await using DoorScene scene = await DoorScene.StartAsync(OldKey, EdgeUnderTest.SigningKey);

        foreach (string bad in new[] { "", "too-short", "super-secret-jwt-token-with-at-least-32-characters-long" })
        {
            DoorScene.Write(scene.EdgeKeys, bad);
            DoorScene.Write(scene.WorkerKeys, bad);
            DoorScene.Write(scene.SigningKeys, bad);
            scene.EdgeLooks();
            scene.WorkerLooks();
            await ServedAsync(scene);
        }

        Assert.Equal(
            6, scene.Edge.Logs.Lines.Count(line => line.Contains("cannot be used", StringComparison.Ordinal)));
        Assert.DoesNotContain(scene.Edge.Logs.Lines, line => line.Contains("too-short", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_of_tokens_rotate_too()
    {
        await using DoorScene scene = await DoorScene.StartAsync(OldKey, EdgeUnderTest.SigningKey);
        string next = new TokenMinter(NewKey, TimeProvider.System)
            .Mint("acme", "ann", "read:*", TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(scene, next));

        DoorScene.Write(scene.SigningKeys, EdgeUnderTest.SigningKey, NewKey);
        scene.EdgeLooks();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(scene, next));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(scene, EdgeUnderTest.Token()));

        DoorScene.Write(scene.SigningKeys, NewKey);
        scene.EdgeLooks();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(scene, next));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(scene, EdgeUnderTest.Token()));
    }

    private static void Look(DoorScene scene, bool edge)
    {
        if (edge)
        {
            scene.EdgeLooks();
        }
        else
        {
            scene.WorkerLooks();
        }
    }

    // What was stamped before the last change has arrived: operators wait for the life of a stamp instead.
    private async Task ServedAsync(DoorScene scene, Task traffic)
    {
        await ServedAsync(scene);
        int answered = Volatile.Read(ref _answered);
        await Eventually.TrueAsync(
            "traffic goes on", () => traffic.IsCompleted || Volatile.Read(ref _answered) >= answered + 2);
        if (traffic.IsCompleted)
        {
            await traffic;
        }
    }

    // Both kinds of stamps: of a client's identity, and of an operator's question.
    private static async Task ServedAsync(DoorScene scene)
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(scene, EdgeUnderTest.Token()));
        JsonElement connections = await scene.Edge.AdminAsync("/admin/connections");
        Assert.Empty(connections.GetProperty("unreachable").EnumerateArray());
    }

    private static async Task<HttpStatusCode> StatusAsync(DoorScene scene, string token)
    {
        using HttpResponseMessage answer = await scene.Edge.GetAsync("/v1/agents", token);
        return answer.StatusCode;
    }

    /// <summary>Asks again and again, one request after the other, and counts those that are answered well.</summary>
    private async Task TrafficAsync(DoorScene scene, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(scene, EdgeUnderTest.Token()));
            Interlocked.Increment(ref _answered);
        }
    }

    private static async Task<HttpStatusCode> DirectAsync(DoorScene scene, string key)
    {
        using var client = new HttpClient { BaseAddress = new Uri(scene.WorkerAddress) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/agents");
        request.Headers.Add(IdentityStamp.Header, Workers.RunningWorker.Stamp(key: key));
        using HttpResponseMessage answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
