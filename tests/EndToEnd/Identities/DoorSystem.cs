using System.Net.Http.Headers;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>
/// Two edges over TLS before two workers on a real Redis, for tests that try doors; tenant <c>acme</c> has something
/// to hide there.
/// </summary>
public sealed class DoorSystem : IAsyncLifetime
{
    public const string Issuer = "https://id.example.org";
    public const string Tenant = "acme";

    /// <summary>Stands in everything that the tenant has.</summary>
    public const string Secret = "secret-of-acme";

    public const string Everything = "read:* publish:* admin";

    private const string OtherKey = "another-key-that-has-32-bytes-or-more";

    private RedisServer? _redis;
    private RealtimeSystem? _system;

    internal RealtimeSystem System => _system!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        var issuer = new Dictionary<string, string> { ["connection_plane:auth:issuer"] = Issuer };
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Edges = 2,
            Workers = 2,
            Redis = _redis.Endpoint,
            EdgeSettings = issuer,
            WorkerSettings = new Dictionary<string, string>(issuer) { ["event_plane:leases_per_tenant_max"] = "3" },
        });
        await Eventually.TrueAsync("both workers are known", async () =>
            await _system.IsAvailableAsync(0) && await _system.IsAvailableAsync(1));
        await FillAsync(Tenant);

        // For what ends and resizes a terminal: each tenant its own.
        await FillTasksAsync("other");
    }

    public async Task DisposeAsync()
    {
        await (_system?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A token; good but for what is asked to be other.</summary>
    internal string Token(
        string scope = Everything, string tenant = Tenant, string subject = "ann", bool otherKey = false,
        string audience = "authenticated", string? issuer = Issuer, int minutes = 60) =>
        new TokenMinter(otherKey ? OtherKey : System.SigningKey, TimeProvider.System)
            .Mint(tenant, subject, scope, TimeSpan.FromMinutes(minutes), audience, issuer);

    /// <summary>An event of agent a1 with a latest value, and a terminal of task t1.</summary>
    private async Task FillAsync(string tenant)
    {
        using HttpClient client = System.CreateClient(Token(tenant: tenant));
        await PostAsync(client, "/v1/events",
            $$"""
            {"channel":"agents","type":"x","agent":"a1","state_key":"agent:a1:status","payload":"{{Secret}}"}
            """);
        await PostAsync(client, "/v1/tasks/t1/terminal", Secret);
        await FillTasksAsync(tenant);
    }

    private async Task FillTasksAsync(string tenant)
    {
        using HttpClient client = System.CreateClient(Token(tenant: tenant));
        await PostAsync(client, "/v1/tasks/t3/terminal", "x");
        await PostAsync(client, "/v1/tasks/t4/terminal", "x");
    }

    private static async Task PostAsync(HttpClient client, string path, string body)
    {
        string type = path == "/v1/events" ? "application/json" : "application/octet-stream";
        using var content = new StringContent(body, new MediaTypeHeaderValue(type));
        using HttpResponseMessage answer = await client.PostAsync(path, content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
