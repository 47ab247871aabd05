using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Tests.Support;
using Realtime.Workers.Health;

namespace Realtime.Tests.Workers;

public sealed class WorkerHostTests
{
    [Fact]
    public async Task Health_needs_no_stamp_and_tells_the_load()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        worker.Get<WorkerLoad>().ConnectionOpened();

        Answer alive = await worker.GetAsync("/healthz", tenant: null);
        Answer ready = await worker.GetAsync("/readyz", tenant: null);

        Assert.Equal(200, alive.Status);
        Assert.Equal(200, ready.Status);
        Assert.Equal("ready", ready.Json.GetProperty("status").GetString());
        Assert.Equal(1, ready.Json.GetProperty("load").GetProperty("connections").GetInt64());
    }

    public static TheoryData<string, string?> BadStamps { get; } = new()
    {
        { "none", null },
        { "empty", "" },
        { "not a stamp", "v1.e30.e30" },
        { "of another key", RunningWorker.Stamp(key: "another key for tests, of thirty-two bytes and more") },
        { "changed", RunningWorker.Stamp() + "A" },
    };

    [Theory]
    [MemberData(nameof(BadStamps))]
    public async Task A_request_without_a_valid_stamp_is_refused_everywhere(string what, string? stamp)
    {
        Assert.NotEmpty(what);
        await using RunningWorker worker = await RunningWorker.StartAsync();
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Post, "/v1/events"), (HttpMethod.Get, "/v1/events"), (HttpMethod.Get, "/v1/agents"),
                (HttpMethod.Post, "/v1/tasks/t1/terminal"), (HttpMethod.Post, "/v1/tasks/t1/terminal/end"),
                (HttpMethod.Post, "/v1/tasks/t1/terminal/resize"),
                (HttpMethod.Get, "/v1/tasks/t1/terminal"), (HttpMethod.Get, "/nowhere"),
            ])
        {
            using var request = new HttpRequestMessage(method, path);
            (await Answer.ReadAsync(await worker.SendAsync(request, stamp))).AssertProblem(401, "unauthorized");
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task A_stamp_of_another_time_is_for_the_next_worker(int minutes)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string stamp = RunningWorker.Stamp(clock: new ShiftedClock(TimeSpan.FromMinutes(minutes)));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        using HttpResponseMessage answer = await worker.SendAsync(request, stamp);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("stamp", Assert.Single(answer.Headers.GetValues("Realtime-Refused")));
    }

    [Fact]
    public async Task Two_stamps_are_no_stamp()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Assert.StartsWith("HTTP/1.1 200", await GetRawAsync(worker, RunningWorker.Stamp()), StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 401",
            await GetRawAsync(worker, RunningWorker.Stamp(), RunningWorker.Stamp("other")),
            StringComparison.Ordinal);
    }

    // HttpClient would join two headers of one name into one line.
    private static async Task<string> GetRawAsync(RunningWorker worker, params string[] stamps)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(worker.Address.Host, worker.Address.Port);
        string headers = string.Concat(stamps.Select(stamp => $"{IdentityStamp.Header}: {stamp}\r\n"));
        byte[] request = Encoding.ASCII.GetBytes(
            $"GET /v1/events HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n{headers}\r\n");
        await client.GetStream().WriteAsync(request);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task What_is_not_there_is_answered_by_a_problem_document()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.GetAsync("/nowhere")).AssertProblem(404, "not_found");
        (await worker.PostAsync("/v1/agents", "{}")).AssertProblem(405, "method_not_allowed");
    }

    [Fact]
    public async Task A_worker_has_the_roles_that_it_is_given()
    {
        const string Role = "--connection_plane:worker:roles:0";
        await using RunningWorker ingest = await RunningWorker.StartAsync(null, Role, "ingest");
        await using RunningWorker stream = await RunningWorker.StartAsync(null, Role, "stream");
        const string Event = """{"channel":"agents","type":"x","payload":1}""";

        Assert.Equal(202, (await ingest.PostAsync("/v1/events", Event)).Status);
        Assert.Equal(503, (await ingest.GetAsync("/v1/events")).Status);
        Assert.Equal(503, (await stream.PostAsync("/v1/events", Event)).Status);
        Assert.Equal(200, (await stream.GetAsync("/v1/events")).Status);
    }

    [Fact]
    public async Task Two_workers_in_one_process_share_a_log_and_nothing_else()
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker one = await RunningWorker.StartAsync(log);
        await using RunningWorker other = await RunningWorker.StartAsync(log);
        one.Get<WorkerLoad>().ConnectionOpened();

        string[] ids = await one.PublishAsync(new { channel = "agents", type = "x", payload = 1 });
        Answer history = await other.GetAsync("/v1/events");

        Assert.Equal(ids[0], history.Json.GetProperty("events")[0].GetProperty("id").GetString());
        Assert.Equal(0, other.Get<WorkerLoad>().Connections);
    }

    [Fact]
    public async Task Without_its_log_a_worker_listens_is_unready_with_a_reason_and_becomes_ready_by_itself()
    {
        bool isAway = true;
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnCheck = () => Volatile.Read(ref isAway) ? FaultyLog.Away() : null,
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer unready = await worker.GetAsync("/readyz", tenant: null);
        Volatile.Write(ref isAway, false);

        Assert.Equal(503, unready.Status);
        Assert.Contains("log", unready.Json.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        await Eventually.TrueAsync(
            "the worker is ready", async () => (await worker.GetAsync("/readyz", tenant: null)).Status == 200);
    }

    [Fact]
    public async Task A_log_of_another_layout_ends_the_start_and_says_what_to_do()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog()) { OnCheck = () => new LogLayoutException(4, 16) };
        await using WebApplication app = RunningWorker.Build(log);

        LogLayoutException mismatch = await Assert.ThrowsAsync<LogLayoutException>(() => app.StartAsync());

        Assert.Contains("event_plane.partitions to 16", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_turns_out_to_have_another_layout_ends_the_worker()
    {
        Exception fault = FaultyLog.Away();
        await using var log = new FaultyLog(RunningWorker.NewLog()) { OnCheck = () => Volatile.Read(ref fault) };
        await using WebApplication app = RunningWorker.Build(log);
        await app.StartAsync();

        Volatile.Write(ref fault, new LogLayoutException(4, 16));

        await Eventually.TrueAsync("the worker stops", () => app.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Theory]
    [InlineData("listen", "nowhere")]
    [InlineData("listen", "http://127.0.0.1:0/path")]
    [InlineData("listen", "ftp://127.0.0.1:0")]
    [InlineData("roles:0", "viewer")]
    [InlineData("id", "")]
    public void A_bad_value_stops_the_start_with_its_key(string key, string value)
    {
        var error = Assert.Throws<ConfigurationErrorException>(
            () => RunningWorker.Build(null, $"--connection_plane:worker:{key}", value));

        Assert.Contains($"connection_plane:worker:{key.Split(':')[0]}", error.Message, StringComparison.Ordinal);
    }
}
