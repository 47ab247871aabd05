using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Realtime.Hosting.Health;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_process_is_alive_whatever_its_readiness()
    {
        await using TestHost host = await StartAsync(new FakeCheck(Readiness.Unready("away")));

        using HttpResponseMessage answer = await host.Client.GetAsync("/healthz");

        Assert.Equal((HttpStatusCode.OK, """{"status":"alive"}"""), (answer.StatusCode, await BodyAsync(answer)));
    }

    [Fact]
    public async Task A_process_with_nothing_against_it_is_ready()
    {
        await using TestHost host = await StartAsync(new FakeCheck(Readiness.Ready));

        using HttpResponseMessage answer = await host.Client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal("""{"status":"ready","reasons":[],"load":{"connections":12}}""", await BodyAsync(answer));
    }

    [Fact]
    public async Task The_worst_check_decides_and_every_reason_is_told()
    {
        await using TestHost host = await StartAsync(
            new FakeCheck(Readiness.Unready("the log is away")), new FakeCheck(Readiness.Ready),
            new FakeCheck(Readiness.Draining("an operator said so")));

        using HttpResponseMessage answer = await host.Client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(
            """{"status":"unready","reasons":["the log is away","an operator said so"],"load":{"connections":12}}""",
            await BodyAsync(answer));
    }

    [Fact]
    public async Task A_draining_process_is_not_ready()
    {
        await using TestHost host = await StartAsync(new FakeCheck(Readiness.Draining("an operator said so")));

        using HttpResponseMessage answer = await host.Client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.StartsWith("""{"status":"draining",""", await BodyAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_fails_is_one_that_is_not_ready()
    {
        await using TestHost host = await StartAsync(new FakeCheck(null), new FakeCheck(Readiness.Draining("also")));

        using HttpResponseMessage answer = await host.Client.GetAsync("/readyz");

        Assert.Equal(
            """{"status":"unready","reasons":["FakeCheck failed","also"],"load":{"connections":12}}""",
            await BodyAsync(answer));
        Assert.Contains(host.Logged, line => line.Contains("FakeCheck", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_is_ending_drains()
    {
        await using TestHost host = await StartAsync();
        HealthReporter reporter = host.Services.GetRequiredService<HealthReporter>();
        Assert.Equal(ReadinessStatus.Ready, reporter.Report().Status);

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        ReadinessReport report = reporter.Report();
        Assert.Equal(ReadinessStatus.Draining, report.Status);
        Assert.Equal("the process is ending", report.Reasons.Single());
    }

    [Theory]
    [InlineData(ReadinessStatus.Ready)]
    [InlineData(ReadinessStatus.Draining)]
    [InlineData(ReadinessStatus.Unready)]
    public void A_report_reads_what_it_writes(ReadinessStatus status)
    {
        var report = new ReadinessReport
        {
            Status = status,
            Reasons = ["a \"b\"", "c"],
            Load = ImmutableSortedDictionary<string, long>.Empty.Add("connections", 12).Add("streams", -1),
            Roles = [WorkerRole.Stream],
            Name = "w1",
            TimeMs = 1_795_230_320_698,
        };
        var output = new ArrayBufferWriter<byte>();
        report.Write(output);

        ReadinessReport read = ReadinessReport.TryRead(output.WrittenSpan)!;

        Assert.Equal(status, read.Status);
        Assert.Equal(report.Reasons.AsEnumerable(), read.Reasons);
        Assert.Equal(report.Load.AsEnumerable(), read.Load);
        Assert.Equal([WorkerRole.Stream], read.Roles.AsEnumerable());
        Assert.Equal(("w1", 1_795_230_320_698), (read.Name, read.TimeMs));
    }

    [Theory]
    [InlineData("""{"status":"ready"}""", "Ready||")]
    [InlineData(
        """{"new":{},"load":{"connections":3,"x":"y","z":1.5},"reasons":[1,"a"],"status":"draining"}""",
        "Draining|a|connections=3")]
    [InlineData("""{"status":"unready","reasons":"x","load":[],"roles":{}}""", "Unready||")]
    [InlineData("""{"status":"ready","roles":["dance",1,"ingest"]}""", "Ready||Ingest")]
    [InlineData("""{"status":"ready","name":"no name","time":-1}""", "Ready||")]
    [InlineData("""{"status":"ready","name":7,"time":"now"}""", "Ready||")]
    [InlineData("""{"status":"ready","name":"w1","time":253402300800000}""", "Ready||w1")]
    [InlineData("""{"status":"ready","time":1000}""", "Ready||1000")]
    [InlineData("""{"status":"fine"}""", null)]
    [InlineData("""{"status":1}""", null)]
    [InlineData("""{"status":"\ud800"}""", null)]
    [InlineData("""{}""", null)]
    [InlineData("""[]""", null)]
    [InlineData("""{"status":"ready",""", null)]
    [InlineData("", null)]
    [InlineData("""{"status":"ready","a":[[[[[[[[[]]]]]]]]]}""", null)]
    public void A_foreign_report_is_read_as_far_as_it_is_one(string json, string? expected)
    {
        ReadinessReport? read = ReadinessReport.TryRead(Encoding.UTF8.GetBytes(json));

        Assert.Equal(expected, read is null ? null : Describe(read));
    }

    private static Task<TestHost> StartAsync(params FakeCheck[] checks) => TestHost.StartAsync(
        app => app.MapHealth(),
        services =>
        {
            services.AddSingleton(new LoadFigure(ReadinessReport.Connections, () => 12));
            foreach (FakeCheck check in checks)
            {
                services.AddSingleton<IReadinessCheck>(check);
            }

            services.AddHealth();
        });

    private static string Describe(ReadinessReport report)
    {
        string load = string.Join(',', report.Load.Select(figure => $"{figure.Key}={figure.Value}"));
        string roles = string.Join(',', report.Roles);
        return $"{report.Status}|{string.Join(',', report.Reasons)}|{load}{roles}{report.Name}{report.TimeMs}";
    }

    private static Task<string> BodyAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private sealed class FakeCheck(Readiness? answer) : IReadinessCheck
    {
        public Readiness Check() => answer ?? throw new InvalidOperationException("broken");
    }
}
