using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Realtime.Hosting.Configuration;
using Realtime.Tests.Support;
using Realtime.Tests.Workers;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>Metrics are sent to a collector where one is configured, and the keys that go along are shown to nobody.
/// </summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Metrics_are_posted_with_the_headers_and_say_whose_they_are()
    {
        var posts = new ConcurrentQueue<(string Path, string? Key, string Body)>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        await using WebApplication collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            posts.Enqueue((
                context.Request.Path, context.Request.Headers["x-api-key"], Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/x-protobuf";
        });
        await collector.StartAsync();

        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--telemetry:otlp:endpoint", collector.Urls.First(), "--telemetry:otlp:metrics_interval", "1s",
            "--telemetry:otlp:headers:0", "x-api-key=very secret");

        (string Path, string? Key, string Body) post = default;
        await Eventually.TrueAsync("metrics were sent", () => posts.TryDequeue(out post));
        Assert.Equal("/v1/metrics", post.Path);
        Assert.Equal("very secret", post.Key);
        Assert.Contains("realtime-worker", post.Body, StringComparison.Ordinal);
        Assert.Contains(RunningWorker.Name, post.Body, StringComparison.Ordinal);
        Assert.Contains("realtime_ready", post.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telemetry:otlp:headers", "authorization=Bearer x")]
    [InlineData("telemetry:otlp:headers:0", "x=y")]
    [InlineData("telemetry:metrics:token", "x")]
    public void Secrets_are_masked(string key, string value) =>
        Assert.Equal(SecretKeys.Mask, SecretKeys.Show(key, value));

    [Theory]
    [InlineData("telemetry:otlp:endpoint", "collector:4318", "must be http:// or https://")]
    [InlineData("telemetry:otlp:headers:0", "no-equals-sign", "name=value")]
    [InlineData("telemetry:otlp:metrics_interval", "10ms", "from 1s to 10m")]
    [InlineData("telemetry:metrics:token", "short", "16 characters")]
    [InlineData("telemetry:metrics:token_file", "/no/such/file", "readable file")]
    [InlineData("telemetry:metrics:series_max", "10", "50")]
    [InlineData("telemetry:metrics:meters:0", "Microsoft.*", "at most 20 names")]
    [InlineData("telemetry:partitions:interval", "1s", "from 5s to 10m")]
    public async Task What_cannot_be_is_told_with_its_key(string key, string value, string rule)
    {
        var error = await Assert.ThrowsAsync<ConfigurationErrorException>(() =>
            RunningWorker.StartAsync(null, $"--{key}", value));

        Assert.Contains(key.Split(":0")[0], error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no-equals-sign", error.Message, StringComparison.Ordinal);
    }
}
