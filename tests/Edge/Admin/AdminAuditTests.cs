using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Edge.Admin;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge.Admin;

/// <summary>Whatever becomes of a request, the audit has it; and who ordered cannot take it back by leaving.</summary>
public sealed class AdminAuditTests
{
    [Theory]
    [InlineData(false, false, "failed")]
    [InlineData(true, false, "failed")]
    [InlineData(true, true, "aborted by the caller")]
    [InlineData(false, true, "failed")]
    public async Task What_ends_in_an_exception_leaves_its_line_too(bool isCancelled, bool hasLeft, string outcome)
    {
        using var logs = new CapturedLogs();
        using var factory = new LoggerFactory([logs]);
        Exception failure = isCancelled ? new OperationCanceledException() : new InvalidOperationException();
        var audit = new AdminAudit(_ => throw failure, factory.CreateLogger<AdminAudit>());
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(hasLeft) };
        context.Request.Method = "POST";
        context.Request.Path = "/admin/workers";

        Assert.Same(failure, await Assert.ThrowsAnyAsync<Exception>(() => audit.InvokeAsync(context)));

        Assert.EndsWith(
            $"asked POST /admin/workers (no endpoint, or without its token): {outcome}",
            Assert.Single(logs.Lines).Trim());
    }

    [Theory]
    [InlineData("/admin/edge/drain", "/admin/edge/drain")]
    [InlineData("/admin/workers/w-1.a_b", "/admin/workers/w-1.a_b")]
    [InlineData("/admin/0123456789abcdef01234", "a path that is not shown")]
    [InlineData("/admin/a\nAudit: forged", "a path that is not shown")]
    [InlineData("/admin/%20", "a path that is not shown")]
    [InlineData("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25", "a path that is not shown")]
    public async Task Of_who_is_not_let_in_it_says_where_to_and_nothing_that_may_be_a_secret(string path, string shown)
    {
        using var logs = new CapturedLogs();
        using var factory = new LoggerFactory([logs]);
        var audit = new AdminAudit(
            asked =>
            {
                asked.Response.StatusCode = 401;
                return Task.CompletedTask;
            },
            factory.CreateLogger<AdminAudit>());
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = path;

        await audit.InvokeAsync(context);

        string line = Assert.Single(logs.Lines).Trim();
        Assert.EndsWith($"asked GET {shown} (no endpoint, or without its token): 401", line);
    }

    [Theory]
    [InlineData("/admin/workers/w2/drain", "/internal/drain", "asked POST /admin/workers/{id}/drain id=w2: 202")]
    [InlineData("/admin/workers/w2/undrain", "/internal/undrain", "asked POST /admin/workers/{id}/undrain id=w2: 202")]
    [InlineData(
        "/admin/connections/disconnect?tenant=acme", "/internal/connections/disconnect",
        "asked POST /admin/connections/disconnect tenant=acme: 200")]
    public async Task Who_leaves_breaks_off_no_order_and_the_audit_says_what_came_of_it(
        string path, string order, string line)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeWorker worker = await FakeWorker.StartAsync("w2");
        worker.Answers[$"POST {order}"] = (202, """{"worker":"w2","state":"serving","drain":null,"disconnected":1}""");
        worker.HoldsOrders = () => left.Task;
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [(worker.Id, worker.Address)],
            services => services.AddSingleton<IStartupFilter>(new Leaving(left)),
            ("connection_plane:edge:admin_worker_timeout", "20s"));
        await edge.WorkersAreAsync("ready");
        using var patience = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.AdminAddress, path));
        request.Headers.Authorization = new("Bearer", EdgeUnderTest.AdminToken);
        Task<HttpResponseMessage> asking = edge.Client.SendAsync(request, patience.Token);
        await Eventually.TrueAsync(
            "the worker has the order", () => worker.Orders.Any(one => one.Contains(order, StringComparison.Ordinal)));

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        await Eventually.TrueAsync(
            "the audit has it", () => edge.Logs.Lines.Any(one => one.Contains(line, StringComparison.Ordinal)),
            detail: () => string.Join('\n', edge.Logs.Lines.Where(one => one.Contains("Audit:"))));
    }

    /// <summary>Tells when the edge has noticed that who posted has left.</summary>
    private sealed class Leaving(TaskCompletionSource left) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                // Registered before all others, so told behind them.
                await using CancellationTokenRegistration _ = HttpMethods.IsPost(context.Request.Method)
                    ? context.RequestAborted.Register(() => left.TrySetResult())
                    : default;
                await rest(context);
            });
            next(app);
        };
    }
}
