using System.Net;
using System.Text;
using System.Text.Json;

namespace Realtime.Tests.EndToEnd;

/// <summary>Workers that only take in beside workers that only serve viewers.</summary>
public sealed class SplitRolesTests : IAsyncLifetime
{
    private const int Ingest = 0;
    private const string Event = """{"channel":"agents","type":"t","agent":"a1","payload":1}""";

    private RealtimeSystem _system = null!;

    public async Task InitializeAsync() => _system = await RealtimeSystem.StartAsync(
        new RealtimeSystemOptions { Workers = 2, Roles = ["ingest", "stream"] });

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Producers_and_viewers_each_get_to_their_own()
    {
        using HttpClient http = _system.CreateClient(_system.Token("read:* publish:*"));
        using Conversation viewer = await OpenAsync("/ws/agents?agents=a1");
        await viewer.NextAsync("subscribed");

        // As many of each as make it unlikely that chance has led all of them rightly.
        for (int turn = 0; turn < 8; turn++)
        {
            string task = $"/v1/tasks/t{turn}/terminal";
            Assert.Equal(HttpStatusCode.Accepted, await PostAsync(http, "/v1/events", Event));
            await viewer.NextAsync("event");
            Assert.Equal(
                HttpStatusCode.Accepted, await PostAsync(http, task, "bytes", "application/octet-stream"));
            Assert.Equal(HttpStatusCode.OK, await PostAsync(http, task + "/resize", """{"cols":80,"rows":24}"""));
            string lease = $$"""{"task":"t{{turn}}","holder":"runner","epoch":1}""";
            Assert.Equal(HttpStatusCode.OK, await PostAsync(http, "/v1/leases", lease));
            Assert.Equal(HttpStatusCode.Conflict, await PostAsync(http, task + "/end", """{"exit_code":0}"""));
            Assert.Equal(HttpStatusCode.OK, await PostAsync(http, "/v1/leases/release", lease));
            Assert.Equal("bytes", await http.GetStringAsync(task));
            Assert.Equal(HttpStatusCode.OK, await PostAsync(http, task + "/end", """{"exit_code":0}"""));
            using Conversation terminal = await OpenAsync($"/ws/terminal/t{turn}");
            await terminal.NextAsync("subscribed");
            using Conversation producer = await OpenAsync($"/v1/publish?task=t{turn}");
            await producer.NextAsync("welcome");
        }
    }

    [Fact]
    public async Task Without_those_that_take_in_the_viewers_go_on()
    {
        using HttpClient http = _system.CreateClient(_system.Token("read:* publish:*"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(http, "/v1/events", Event));
        await _system.StopWorkerAsync(Ingest, abruptly: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(http, "/v1/events", Event));
        using Conversation viewer = await OpenAsync("/ws/agents?agents=a1");
        await viewer.NextAsync("subscribed");
        Assert.Contains("\"a1\"", await http.GetStringAsync("/v1/events"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_see_who_does_what()
    {
        using JsonDocument workers = await _system.WorkersAsync();

        Assert.Equal(
            ["ingest", "stream"],
            workers.RootElement.GetProperty("workers").EnumerateArray()
                .Select(worker => worker.GetProperty("roles").EnumerateArray().Single().GetString()));
    }

    private Task<Conversation> OpenAsync(string address) =>
        Conversation.OpenAsync(_system, address, _system.Token("read:* publish:*"), TestConnection.Json);

    private static async Task<HttpStatusCode> PostAsync(
        HttpClient http, string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using HttpResponseMessage answer = await http.PostAsync(path, content);
        return answer.StatusCode;
    }
}
