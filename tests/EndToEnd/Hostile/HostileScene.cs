using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Devhost.Certificates;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>
/// An edge over TLS and two workers, each a process of its own, on a real Redis; and a bystander of another tenant, on
/// the same edge all the while.
/// </summary>
public sealed class HostileScene : IAsyncLifetime
{
    private const long MiB = 1024 * 1024;
    private const string Agent = "a1";

    private readonly TestSubscription _subscription = new("s1", EventFilter.All);
    private RedisServer? _redis;
    private RealtimeSystem? _system;
    private EdgeProcess? _edge;
    private TestClient? _bystander;
    private HttpClient? _producing;
    private TestProducer? _producer;

    /// <summary>Base address of the edge.</summary>
    public Uri Edge => _edge!.Address;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Workers = 2,
            AsProcesses = true,
            Redis = _redis.Endpoint,
            EdgeSettings = new Dictionary<string, string>
            {
                ["connection_plane:edge:listener:request_head_timeout"] = "1s",
                ["connection_plane:edge:tls:handshake_timeout"] = "3s",
            },
            WorkerSettings = new Dictionary<string, string>
            {
                ["connection_plane:delivery:stall_timeout"] = "1s",
                ["connection_plane:connections:close_timeout"] = "500ms",
            },
        });
        _edge = await EdgeProcess.StartAsync(_system);
        _bystander = TestClient.Start(
            _edge.Socket("/ws/agents"), _system.Token("read:*", "bystander"), _system.Certificate, seed: 1,
            _subscription);
        _producing = Client(_system.Token("publish:*", "bystander"));
        _producer = new TestProducer(_producing, seed: 1);
        await Eventually.TrueAsync("the bystander watches", () => _bystander.IsSubscribed, FaultScene.Patience);
        await _producer.PublishAsync([Agent], 200, 20, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _producing?.Dispose();
        await (_bystander?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_edge?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_system?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A token of the hostile tenant.</summary>
    public string Token(string tenant = "hostile") => _system!.Token("read:* publish:*", tenant);

    /// <summary>An HTTP client of the edge.</summary>
    public HttpClient Client(string token)
    {
        var client = new HttpClient(TrustingHandler.Create(_system!.Certificate)) { BaseAddress = Edge };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>How many connections of a tenant the workers have.</summary>
    public async Task<int> ConnectionsAsync(string tenant)
    {
        using HttpClient client = _system!.CreateAdminClient();
        using JsonDocument answer = JsonDocument.Parse(
            await client.GetStringAsync($"admin/connections?tenant={tenant}"));
        return answer.RootElement.GetProperty("total").GetInt32();
    }

    /// <summary>
    /// Attacks, and checks that no process ever had so much more than before, and that the bystander got all that was
    /// published meanwhile, in order, on the connection that it had. What it cost, in words.
    /// </summary>
    public async Task<string> EndureAsync(int growthMibMax, Func<Task> attackAsync)
    {
        int[] pids = [_edge!.Pid, .. _system!.Processes.Select(one => one.Pid)];
        long[] before = await Task.WhenAll(pids.Select(BeforeAsync));
        Task attack = attackAsync();
        await _producer!.PublishAsync([Agent], 10, 5, CancellationToken.None);
        await _producer.PublishWhileAsync([Agent], () => !attack.IsCompleted, 5, CancellationToken.None);
        await attack;
        await AssertUnharmedAsync();

        long[] growth = [.. pids.Select((pid, i) => (ResidentMemory.Of(pid).Peak - before[i]) / MiB)];
        string told = string.Create(
            CultureInfo.InvariantCulture,
            $"At most {growth[0]} MiB more in the edge, {growth[1]} and {growth[2]} in the workers; "
                + $"the bystander has {_subscription.Count} events.");
        Assert.True(growth.All(one => one <= growthMibMax), $"More than {growthMibMax} MiB. {told}");
        return told;
    }

    private async Task AssertUnharmedAsync()
    {
        await Eventually.TrueAsync(
            "the bystander has everything", () => _subscription.Count >= _producer!.Acknowledged.Count,
            FaultScene.Patience, () => $"{_subscription.Count} of {_producer!.Acknowledged.Count}");
        Assert.Empty(_bystander!.Violations);
        Assert.Equal(1, _bystander.Connects);
        ExactDelivery.AssertSame(
            ExactDelivery.Expect([_bystander], _producer!.Acknowledged)[_subscription], _subscription);
    }

    // From now on the kernel counts anew what it has at most (`man 5 proc`, clear_refs).
    private static async Task<long> BeforeAsync(int pid)
    {
        await ProcessGarbage.CollectAsync(pid);
        await File.WriteAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/clear_refs"), "5");
        return ResidentMemory.Of(pid).Now;
    }
}
