using System.Globalization;
using System.Text.Json;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>The built tool against a real edge with two workers.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private RealtimeSystem _system = null!;
    private Dictionary<string, string> _environment = null!;

    public async Task InitializeAsync()
    {
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions { Workers = 2 });
        _environment = new()
        {
            ["REALTIME_ADMIN"] = _system.Admin().ToString(),
            ["REALTIME_ADMIN_TOKEN"] = _system.AdminToken,
            ["REALTIME_CA"] = _system.CertificateFile,
        };
    }

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Workers_edge_limits_and_configuration_are_tables_one_row_a_line()
    {
        string workers = await OutputAsync("workers");
        Assert.Contains("ID", workers);
        Assert.Matches(@"worker-1 +ready +yes ", workers);
        Assert.Matches(@"worker-2 +ready +yes ", workers);
        Assert.Equal(3, workers.TrimEnd().Split('\n').Length);
        Assert.Matches(@"worker-2 +ready ", await OutputAsync("worker", "worker-2"));
        Assert.Matches(@"edge-1 +serving ", await OutputAsync("edge"));
        Assert.Matches(@"edge-1 +connection_plane:edge:limits:connections_max +20000 +0", await OutputAsync("limits"));
        string configuration = await OutputAsync("configuration");
        Assert.Matches(@"edge-1 +connection_plane:edge:forwarding:silent_cut +3s +default", configuration);
        Assert.Matches(@"worker-1 +connection_plane:", configuration);
        Assert.DoesNotContain(_system.AdminToken, configuration);
        Assert.Contains("PARTITION", await OutputAsync("partitions"));
    }

    [Fact]
    public async Task Json_is_the_answer_of_the_edge()
    {
        using JsonDocument answer = JsonDocument.Parse(await OutputAsync("workers", "--json"));

        Assert.Equal("worker-1", answer.RootElement.GetProperty("workers")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Connections_are_listed_and_closed()
    {
        using Conversation viewer = await Conversation.OpenAsync(
            _system, "/ws/agents?agents=a1", _system.Token("read:*", subject: "ann"));
        await viewer.NextAsync("subscribed");
        Assert.Matches(@"viewer +acme +ann +worker-\d +edge-1", await OutputAsync("connections", "--subject", "ann"));
        Assert.DoesNotContain("ann", await OutputAsync("connections", "--subject", "bob"));

        string done = await OutputAsync("disconnect", "--tenant", "acme", "--subject", "ann", "--no-reconnect");
        Assert.Equal("disconnected 1", done.Trim());
        Assert.Equal(4403, (await viewer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Tokens_are_revoked_listed_and_accepted_again()
    {
        string token = _system.Token("read:*", subject: "ann");
        using Conversation viewer = await Conversation.OpenAsync(_system, "/ws/agents?agents=a1", token);
        await viewer.NextAsync("subscribed");
        string[] whom = ["--tenant", "acme", "--subject", "ann"];
        Assert.Matches(
            @"^revoked; disconnected 1; kept until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\s*$",
            await OutputAsync(["revoke", .. whom, "--reason", "laptop lost"]));
        Assert.Equal((4401, "token_revoked"), await viewer.ClosedAsync());
        Assert.Matches(@"s:acme/ann +acme +ann +- +20\d\d-.* laptop lost", await OutputAsync("revocations"));
        using HttpClient http = _system.CreateClient(token);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await http.GetAsync("/v1/agents")).StatusCode);

        Assert.Equal("undone", (await OutputAsync(["unrevoke", .. whom])).Trim());
        Assert.Equal("nothing of that was revoked", (await OutputAsync(["unrevoke", .. whom])).Trim());
        await Eventually.TrueAsync("it is accepted again", async () =>
            (await http.GetAsync("/v1/agents")).IsSuccessStatusCode);
        Assert.DoesNotContain("ann", await OutputAsync("revocations", "--tenant", "acme"));
    }

    [Fact]
    public async Task A_drain_is_watched_until_it_is_over_and_undone()
    {
        using Conversation viewer = await Conversation.OpenAsync(
            _system, "/ws/agents?agents=a1", _system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        foreach (string worker in new[] { "worker-1", "worker-2" })
        {
            await using CliRun run = await RunAsync("drain", worker, "--deadline", "20s", "--pace", "100", "--wait");
            Assert.True(run.ExitCode == 0, run.Errors);
            Assert.Single(run.Errors.Split('\n'), line => line.Contains("drained: 0 of "));
            Assert.Contains(" cut, by edge-1", run.Errors);
            Assert.Matches($@"{worker} +drained ", run.Output);
            Assert.Matches($@"{worker} ", await OutputAsync("undrain", worker));
        }

        Assert.Equal(1012, (await viewer.ClosedAsync()).Code);
        await using CliRun edge = await RunAsync("drain", "--edge", "--wait");
        Assert.Matches(@"edge-1 +drained ", edge.Output);
        Assert.Matches(@"edge-1 +serving ", await OutputAsync("undrain", "--edge"));
    }

    [Fact]
    public async Task The_edge_is_shown_with_the_end_of_its_certificate()
    {
        using HttpClient admin = _system.CreateAdminClient();
        using JsonDocument edge = JsonDocument.Parse(await admin.GetByteArrayAsync("admin/edge"));
        DateTimeOffset ends = DateTimeOffset.FromUnixTimeMilliseconds(
            edge.RootElement.GetProperty("certificate").GetProperty("not_after").GetInt64());

        string[] lines = (await OutputAsync("edge")).Split('\n');

        int column = lines[0].IndexOf("certificate not after", StringComparison.OrdinalIgnoreCase);
        Assert.True(column > 0, lines[0]);
        Assert.StartsWith(
            ends.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), lines[1][column..]);
    }

    [Fact]
    public async Task Ctrl_C_stops_the_watching_and_not_the_drain()
    {
        using Conversation viewer = await Conversation.OpenAsync(
            _system, "/ws/agents?agents=a1", _system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        using HttpClient admin = _system.CreateAdminClient();
        // A viewer that does not leave for a while, since it does not answer.
        await using CliRun run = CliRun.Start(
            _environment, "admin", "drain", "--edge", "--deadline", "60s", "--pace", "1", "--wait");
        await Eventually.TrueAsync("it watches", () => run.Errors.Contains("draining: "), detail: () => run.Errors);
        Signals.Send("INT", run.Pid);

        Assert.Equal(130, await run.ExitAsync());
        Assert.Contains("the drain goes on", run.Errors);
        using JsonDocument edge = JsonDocument.Parse(await admin.GetByteArrayAsync("admin/edge"));
        Assert.NotEqual("serving", edge.RootElement.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData(1, "It knows: worker-1, worker-2.", "worker", "worker-9")]
    [InlineData(2, "from 1s to 1h", "drain", "worker-1", "--deadline", "30")]
    [InlineData(2, "Give a worker's ID, or --edge", "drain")]
    [InlineData(2, "Give a worker's ID, or --edge", "undrain", "worker-1", "--edge")]
    [InlineData(2, "at least one of them", "disconnect")]
    [InlineData(2, "--tenant", "revoke", "--subject", "ann")]
    [InlineData(2, "must be given alone", "revoke", "--tenant", "a", "--subject", "b", "--token-id", "c")]
    [InlineData(3, "is not the one of this edge", "workers", "--admin-token", "wrong")]
    [InlineData(3, "Give it by --admin-token-file (or REALTIME_ADMIN_TOKEN).", "workers", "--admin-token", "wrong")]
    [InlineData(2, "after must be an id of the list", "revocations", "--after", "ann")]
    [InlineData(4, "Look whether the edge runs", "workers", "--admin", "https://127.0.0.1:1")]
    [InlineData(2, "must be https://", "workers", "--admin", "localhost")]
    [InlineData(2, "not both", "drain", "worker-1", "--edge")]
    [InlineData(2, "'/nowhere' does not exist", "workers", "--ca", "/nowhere")]
    [InlineData(2, "can't be read", "workers", "--admin-token-file", "/nowhere")]
    [InlineData(2, "realtime admin drain --help", "drain", "--bogus", "x", "y")]
    public async Task What_is_wrong_is_told_with_an_exit_code_of_its_own(
        int exitCode, string told, params string[] arguments)
    {
        await using CliRun run = await RunAsync(arguments);

        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}: {run.Errors}");
        Assert.Contains(told, run.Errors);
        Assert.DoesNotContain(_system.AdminToken, run.Errors + run.Output);
    }

    [Fact]
    public async Task The_address_of_clients_and_a_certificate_that_is_not_trusted_are_told_with_their_cure()
    {
        await using CliRun clients = await RunAsync("workers", "--admin", _system.Edge().ToString());
        Assert.Equal(1, clients.ExitCode);
        Assert.Contains("admin_listen", clients.Errors);

        _environment.Remove("REALTIME_CA");
        await using CliRun stranger = await RunAsync("workers");
        Assert.Equal(4, stranger.ExitCode);
        Assert.Contains("certificate is invalid", stranger.Errors);
        Assert.Contains("--ca FILE", stranger.Errors);
        Assert.DoesNotContain("inner exception", stranger.Errors);
    }

    private Task<CliRun> RunAsync(params string[] arguments) =>
        CliRun.RunAsync(_environment, null, ["admin", .. arguments]);

    private async Task<string> OutputAsync(params string[] arguments)
    {
        await using CliRun run = await RunAsync(arguments);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output;
    }
}
