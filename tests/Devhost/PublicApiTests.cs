using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Realtime.Devhost.Demo;

namespace Realtime.Tests.Devhost;

/// <summary>The demo's publisher against an edge that is busy, away, or says no.</summary>
public class PublicApiTests
{
    private static readonly DemoOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryDelayMax = TimeSpan.FromMilliseconds(2),
    };

    [Fact]
    public async Task A_busy_edge_is_asked_again_with_the_same_keys()
    {
        var edge = new ScriptedEdge(
            _ => (503, """{"code":"no_worker","retry":true}"""),
            _ => throw new HttpRequestException("cut"),
            _ => (202, """{"results":[{"error":{"code":"pressure","detail":"d","retry":true}}]}"""),
            _ => (202, """{"results":[{"id":"1:2-3.abcdef","duplicate":false}],"pressure":{"state":"ok"}}"""));

        await edge.Api().PublishAsync([new JsonObject { ["type"] = "t" }], CancellationToken.None);

        Assert.Equal(4, edge.Bodies.Count);
        Assert.Single(edge.Bodies.Distinct());
        Assert.Contains("\"key\":", edge.Bodies[0]);
    }

    [Theory]
    [InlineData(400, """{"code":"bad_request","detail":"no","retry":false}""")]
    [InlineData(403, """{"code":"forbidden"}""")]
    [InlineData(202, """{"results":[{"error":{"code":"conflict","detail":"no","retry":false}}]}""")]
    public async Task A_final_refusal_is_not_asked_again(int status, string body)
    {
        var edge = new ScriptedEdge(_ => (status, body));

        await Assert.ThrowsAsync<RefusedException>(() =>
            edge.Api().PublishAsync([new JsonObject { ["type"] = "t" }], CancellationToken.None));

        Assert.Single(edge.Bodies);
    }

    [Fact]
    public async Task Terminal_bytes_are_sent_again_at_the_same_offset()
    {
        var edge = new ScriptedEdge(_ => (503, "busy, and not even JSON"), _ => (200, "{}"));

        await edge.Api().AppendTerminalAsync("t1", 42, "bytes"u8.ToArray(), CancellationToken.None);

        Assert.Equal(["/v1/tasks/t1/terminal?offset=42", "/v1/tasks/t1/terminal?offset=42"], edge.Paths);
        Assert.Equal(["bytes", "bytes"], edge.Bodies);
    }

    [Fact]
    public async Task A_terminal_that_lost_its_bytes_goes_on_in_a_new_life()
    {
        var edge = new ScriptedEdge(
            _ => (409, """{"code":"hole","expected":0,"epoch":"k3x9qa","retry":false}"""),
            _ => (200, "{}"));

        await edge.Api().AppendTerminalAsync("t1", 42, "bytes"u8.ToArray(), CancellationToken.None);

        Assert.Equal("/v1/tasks/t1/terminal?offset=42&after_loss=k3x9qa", edge.Paths[1]);
    }

    private sealed class ScriptedEdge(params Func<HttpRequestMessage, (int Status, string Body)>[] answers)
        : HttpMessageHandler
    {
        public List<string> Paths { get; } = [];

        public List<string> Bodies { get; } = [];

        public PublicApi Api() =>
            new(new HttpClient(this) { BaseAddress = new Uri("https://edge.test") }, Quick, TimeProvider.System);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add(request.RequestUri!.PathAndQuery);
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            (int status, string body) = answers[Bodies.Count - 1](request);
            return new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
        }
    }
}
