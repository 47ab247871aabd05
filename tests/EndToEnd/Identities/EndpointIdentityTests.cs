using System.Net.Http.Headers;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>
/// Every endpoint of worker and edge with every kind of wrong identity, over TLS through a real edge. The endpoints are
/// those that the running hosts have, so that a new one without a row fails.
/// </summary>
public sealed class EndpointIdentityTests(DoorSystem doors) : IClassFixture<DoorSystem>
{
    private const string Elsewhere =
        "read:agents/nobody publish:agents/nobody read:terminal/nobody publish:terminal/nobody";

    [Fact]
    public void Each_endpoint_of_a_worker_has_a_row() => Assert.Equal(
        Door.All.Select(door => door.Endpoint).Order(), doors.System.EndpointsOfWorker(0).Order());

    [Theory]
    [InlineData("none", "401 unauthorized")]
    [InlineData("garbage", "401 unauthorized")]
    [InlineData("expired", "401 token_expired")]
    [InlineData("wrong audience", "401 unauthorized")]
    [InlineData("wrong issuer", "401 unauthorized")]
    [InlineData("no issuer", "401 unauthorized")]
    [InlineData("bad signature", "401 unauthorized")]
    [InlineData("bad tenant", "403 bad_tenant")]
    [InlineData("revoked subject", "401 token_revoked")]
    [InlineData("revoked tenant", "401 token_revoked")]
    [InlineData("admin token", "401 unauthorized")]
    public async Task A_wrong_token_opens_none(string kind, string expected)
    {
        if (kind.StartsWith("revoked", StringComparison.Ordinal))
        {
            await RevokeAsync(kind == "revoked tenant" ? "tenant=gone" : "tenant=acme&subject=gone");
        }

        string? token = kind switch
        {
            "none" => null,
            "garbage" => "garbage",
            "expired" => doors.Token(minutes: -60),
            "wrong audience" => doors.Token(audience: "others"),
            "wrong issuer" => doors.Token(issuer: "https://id.example.com"),
            "no issuer" => doors.Token(issuer: null),
            "bad signature" => doors.Token(otherKey: true),
            "bad tenant" => doors.Token(tenant: "a/b"),
            "revoked subject" => doors.Token(subject: "gone"),
            "revoked tenant" => doors.Token(tenant: "gone"),
            _ => doors.System.AdminToken,
        };
        await CompareAsync(Door.Public, _ => expected, door => Knock.AtEdgeAsync(doors.System, door, token));
    }

    [Theory]
    [InlineData(DoorSystem.Everything, true, true, true)]
    [InlineData("read:*", true, true, false)]
    [InlineData("read:agents/a1", true, false, false)]
    [InlineData("read:terminal/t1", false, true, false)]
    [InlineData("publish:*", false, false, true)]
    [InlineData("admin", false, false, false)]
    [InlineData("", false, false, false)]
    [InlineData(Elsewhere, false, false, false)]
    public Task Grants_open_what_they_say_and_nothing_else(string scope, bool read, bool terminal, bool publish) =>
        CompareAsync(
            Door.Public,
            door => (door.Need switch
            {
                Need.Read => read,
                Need.ReadTerminal => terminal,
                Need.Some => scope.Length > 0,
                _ => publish,
            }) ? door.Good : door.IsSocket ? "101 forbidden" : "403 forbidden",
            door => Knock.AtEdgeAsync(doors.System, door, doors.Token(scope)));

    [Fact]
    public async Task Another_tenant_gets_in_and_finds_nothing_of_the_first()
    {
        await CompareAsync(
            Door.Public,
            door => door.Need == Need.ReadTerminal ? door.IsSocket ? "101 not_found" : "404 not_found" : door.Good,
            async door =>
            {
                var answer = await Knock.AtEdgeAsync(doors.System, door, doors.Token(tenant: "other"));
                Assert.DoesNotContain(DoorSystem.Secret, answer.Body, StringComparison.Ordinal);
                return answer;
            });

        // Which the first one does.
        Door terminal = Door.All.Single(door => door.Target == "/v1/tasks/t1/terminal");
        Assert.Contains(
            DoorSystem.Secret, (await Knock.AtEdgeAsync(doors.System, terminal, doors.Token())).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_for_edges_is_nowhere_at_an_edge()
    {
        foreach (string? token in (string?[])[null, doors.Token(), doors.System.AdminToken])
        {
            await CompareAsync(
                Door.All.Where(door => door.Need == Need.Edge), _ => "404 not_found",
                door => Knock.AtEdgeAsync(doors.System, door, token));
        }
    }

    [Fact]
    public async Task A_worker_reached_directly_refuses_all_but_health()
    {
        foreach (string? token in (string?[])[null, doors.Token(), doors.System.AdminToken])
        {
            using var client = new HttpClient { BaseAddress = doors.System.Worker(0) };
            client.DefaultRequestHeaders.Authorization =
                token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            await CompareAsync(
                Door.All, door => door.Need == Need.Nothing ? "200" : "401 unauthorized",
                door => Knock.AskAsync(client, door));
        }
    }

    [Fact]
    public async Task A_worker_believes_no_stamp_by_a_key_that_it_does_not_have()
    {
        // Right in everything else: by the right key they would be those of an edge.
        var options = new IdentityStampOptions { InternalKeys = ["a key that edges and workers do not share"] };
        string identity = new IdentityStamp(options, TimeProvider.System).Sign(new Identity
        {
            Tenant = DoorSystem.Tenant,
            Subject = "ann",
            Grants = Grants.Parse(DoorSystem.Everything),
            ExpiresAt = TimeProvider.System.GetUtcNow().AddHours(1),
        });
        var operators = new OperatorStamp(options, TimeProvider.System);
        await CompareAsync(
            Door.All, door => door.Need == Need.Nothing ? "200" : "401 unauthorized", async door =>
            {
                using var client = new HttpClient { BaseAddress = doors.System.Worker(0) };
                client.DefaultRequestHeaders.Add(IdentityStamp.Header, identity);
                client.DefaultRequestHeaders.Add(
                    OperatorStamp.Header, operators.Sign(door.Method.Method, door.Target, "worker-1", "edge-1"));
                return await Knock.AskAsync(client, door);
            });
    }

    [Fact]
    public async Task Only_the_admin_token_opens_the_operators_door_and_nothing_is_there_on_the_public_side()
    {
        string[] endpoints =
        [
            .. doors.System.EndpointsOfEdge(0)
                .Where(IsForOperators),
        ];
        Assert.Contains("POST /admin/revocations", endpoints);
        Door[] admin =
        [
            .. endpoints.Select(endpoint => new Door(
                endpoint, Need.Nothing,
                endpoint.Split(' ')[1].Replace("{id}", "worker-1", StringComparison.Ordinal), "")),
        ];
        string?[] wrong =
            [null, "garbage", doors.Token(), doors.Token("admin"), doors.System.AdminToken + "x"];
        foreach (string? token in wrong)
        {
            using HttpClient client = doors.System.CreateAdminClient();
            client.DefaultRequestHeaders.Authorization =
                token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            await CompareAsync(admin, _ => "401 unauthorized", door => Knock.AskAsync(client, door));
        }

        foreach (string? token in (string?[])[null, doors.Token(), doors.System.AdminToken])
        {
            await CompareAsync(
                admin, _ => "404 not_found", door => Knock.AtEdgeAsync(doors.System, door, token));
        }
    }

    [Fact]
    public void The_edge_has_nothing_public_but_what_goes_to_workers_health_and_pages()
    {
        string[] known =
        [
            "* /v1/{**rest}", "* /ws/{**rest}", "* /sse/{**rest}", "GET /healthz", "GET /readyz",
        ];
        string[] others =
        [
            .. doors.System.EndpointsOfEdge(0).Except(known)
                .Where(one => !IsForOperators(one)),
        ];
        Assert.All(known, one => Assert.Contains(one, doors.System.EndpointsOfEdge(0)));

        // Files, each by its own name: no pattern among them that would match anything else.
        Assert.All(others, one => Assert.DoesNotContain("{", one, StringComparison.Ordinal));
        Assert.All(others, one => Assert.True(
            one.TrimEnd('/').EndsWith(' ') || one.Contains('.', StringComparison.Ordinal), one));
    }

    private static bool IsForOperators(string endpoint) =>
        endpoint.Contains(" /admin", StringComparison.Ordinal) || endpoint == "GET /metrics";

    private async Task RevokeAsync(string whom)
    {
        using HttpClient admin = doors.System.CreateAdminClient();
        using HttpResponseMessage answer = await admin.PostAsync($"admin/revocations?{whom}", null);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>All rows at once, so that a failure shows the whole table.</summary>
    private static async Task CompareAsync(
        IEnumerable<Door> rows, Func<Door, string> expected, Func<Door, Task<(string Outcome, string Body)>> knockAsync)
    {
        var found = new List<string>();
        var wanted = new List<string>();
        foreach (Door door in rows)
        {
            found.Add($"{door.Endpoint}: {(await knockAsync(door)).Outcome}");
            wanted.Add($"{door.Endpoint}: {expected(door)}");
        }

        Assert.NotEmpty(found);
        Assert.Equal(string.Join('\n', wanted), string.Join('\n', found));
    }
}
