using System.Diagnostics.Metrics;
using Realtime.Hosting.Identity;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Internal;

/// <summary>Who may ask for <c>/internal</c>.</summary>
public sealed class InternalGateTests
{
    private static readonly (HttpMethod Method, string Path)[] All =
    [
        (HttpMethod.Get, "/internal/status"), (HttpMethod.Post, "/internal/drain"),
        (HttpMethod.Post, "/internal/undrain"), (HttpMethod.Post, "/internal/edges/e1/drain"),
        (HttpMethod.Post, "/internal/edges/e1/undrain"), (HttpMethod.Get, "/internal/connections"),
        (HttpMethod.Post, "/internal/connections/disconnect"), (HttpMethod.Get, "/internal/partitions"),
        (HttpMethod.Get, "/internal/limits"), (HttpMethod.Get, "/internal/configuration"),
        (HttpMethod.Post, "/internal/tickets/redeem"),
        (HttpMethod.Get, "/internal"), (HttpMethod.Get, "/internal/nowhere"), (HttpMethod.Get, "/INTERNAL/status"),
    ];

    [Fact]
    public async Task Nothing_but_the_operators_stamp_of_this_request_opens_it()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        foreach ((HttpMethod method, string path) in All)
        {
            string?[] stamps =
            [
                null, "", RunningWorker.Stamp(),
                RunningWorker.OperatorStamp(method, path + "?x=1"),
                RunningWorker.OperatorStamp(method == HttpMethod.Get ? HttpMethod.Post : HttpMethod.Get, path),
                RunningWorker.OperatorStamp(method, path, key: "another key for tests, of thirty-two bytes and more"),
                RunningWorker.OperatorStamp(method, path, worker: "w2"),
                RunningWorker.OperatorStamp(
                    method, path, clock: new ShiftedClock(TimeSpan.FromMinutes(-2)),
                    key: "another key for tests, of thirty-two bytes and more"),
            ];
            foreach (string? stamp in stamps)
            {
                using var request = new HttpRequestMessage(method, path);
                request.Headers.TryAddWithoutValidation(OperatorStamp.Header, stamp);

                // A client's identity beside it helps nobody.
                (await Answer.ReadAsync(await worker.SendAsync(request, RunningWorker.Stamp(scope: "admin"))))
                    .AssertProblem(401, "unauthorized");
            }
        }

        Assert.Equal("serving", (await worker.OperateAsync(HttpMethod.Get, "/internal/status"))
            .Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Who_is_refused_without_an_edge_is_counted()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using var counted = new Counted(worker.Get<IMeterFactory>());
        foreach (string path in new[] { "/internal/status", "/v1/agents" })
        {
            using var without = new HttpRequestMessage(HttpMethod.Get, path);
            using var wrong = new HttpRequestMessage(HttpMethod.Get, path);
            wrong.Headers.Add(OperatorStamp.Header, "op2.e30.bm8");
            (await Answer.ReadAsync(await worker.SendAsync(without, stamp: null))).AssertProblem(401, "unauthorized");
            (await Answer.ReadAsync(await worker.SendAsync(wrong, "v1.e30.bm8"))).AssertProblem(401, "unauthorized");
        }

        Assert.All(
            (string[])["operator,reason=missing", "operator,reason=wrong", "identity,reason=missing",
                "identity,reason=wrong"],
            labels => Assert.Equal(1, counted[$"realtime_stamps_refused_total kind={labels}"]));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task A_word_that_only_its_time_makes_unbelievable_is_for_another_try(int minutes)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        var clock = new ShiftedClock(TimeSpan.FromMinutes(minutes));
        using var order = new HttpRequestMessage(HttpMethod.Post, "/internal/drain");
        order.Headers.Add(
            OperatorStamp.Header, RunningWorker.OperatorStamp(order.Method, "/internal/drain", clock: clock));
        using var read = new HttpRequestMessage(HttpMethod.Get, "/v1/agents");
        foreach (Answer answer in new[]
        {
            await Answer.ReadAsync(await worker.SendAsync(order, stamp: null)),
            await Answer.ReadAsync(await worker.SendAsync(read, RunningWorker.Stamp(clock: clock))),
        })
        {
            answer.AssertProblem(503, "no_worker");
            Assert.Equal("stamp", answer.Headers["Realtime-Refused"]);
        }

        Assert.Equal("serving", (await worker.OperateAsync(HttpMethod.Get, "/internal/status"))
            .Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_order_is_taken_once_by_one_stamp_and_a_question_as_often_as_it_is_put()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        foreach ((HttpMethod method, string path, int second) in new[]
        {
            (HttpMethod.Post, "/internal/edges/e1/drain", 401), (HttpMethod.Get, "/internal/status", 200),
        })
        {
            string stamp = RunningWorker.OperatorStamp(method, path);
            foreach (int expected in new[] { method == HttpMethod.Get ? 200 : 202, second, second })
            {
                using var request = new HttpRequestMessage(method, path);
                request.Headers.Add(OperatorStamp.Header, stamp);
                Assert.Equal(expected, (await Answer.ReadAsync(await worker.SendAsync(request, stamp: null))).Status);
            }

            await worker.OperateAsync(method, path);
        }
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/agents")]
    [InlineData("/sse/agents")]
    [InlineData("/ws/agents")]
    [InlineData("/nowhere")]
    public async Task It_opens_nothing_else(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        (await worker.OperateAsync(HttpMethod.Get, path)).AssertProblem(401, "unauthorized");
    }

    [Fact]
    public async Task With_it_what_is_not_there_is_404()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        (await worker.OperateAsync(HttpMethod.Get, "/internal/nowhere")).AssertProblem(404, "not_found");
        (await worker.OperateAsync(HttpMethod.Get, "/internal/drain")).AssertProblem(405, "method_not_allowed");
    }

    [Theory]
    [InlineData("POST", "/internal/drain?deadline=500ms", "query: deadline")]
    [InlineData("POST", "/internal/drain?deadline=2h", "query: deadline")]
    [InlineData("POST", "/internal/drain?deadline=30", "query: deadline")]
    [InlineData("POST", "/internal/drain?pace=0", "query: pace")]
    [InlineData("POST", "/internal/drain?pace=100001", "query: pace")]
    [InlineData("POST", "/internal/drain?paec=1", "query: paec")]
    [InlineData("POST", "/internal/undrain?now=1", "query: now")]
    [InlineData("POST", "/internal/edges/no%20name/drain", "path: edge")]
    [InlineData("POST", "/internal/edges/no%20name/undrain", "path: edge")]
    [InlineData("GET", "/internal/connections?kind=server", "query: kind")]
    [InlineData("GET", "/internal/connections?limit=1001", "query: limit")]
    [InlineData("GET", "/internal/connections?tenant=no%20name", "query: tenant")]
    [InlineData("POST", "/internal/connections/disconnect", "query: session")]
    [InlineData("POST", "/internal/connections/disconnect?tenant=acme&reconnect=maybe", "query: reconnect")]
    [InlineData("GET", "/internal/partitions?tenant=-", "query: tenant")]
    [InlineData("GET", "/internal/limits?x=1", "query: x")]
    [InlineData("GET", "/internal/status?x=1", "query: x")]
    public async Task A_wrong_order_is_refused_and_says_where(string method, string target, string where)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer answer = await worker.OperateAsync(HttpMethod.Parse(method), target);

        answer.AssertProblem(400, "bad_request");
        Assert.Contains(
            answer.Json.GetProperty("errors").EnumerateArray(),
            error => error.GetProperty("where").GetString() == where);
        Assert.Equal("serving", (await worker.OperateAsync(HttpMethod.Get, "/internal/status"))
            .Json.GetProperty("state").GetString());
    }
}
