using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Hosting.Files;

namespace Realtime.Tests.Edge.Admin;

/// <summary>The operators' door is theirs alone, and leads nowhere else.</summary>
public sealed class AdminDoorTests : IAsyncLifetime
{
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _worker.Load = 7;
        _edge = await EdgeUnderTest.StartAsync([_worker]);
        await _edge.WorkersAreAsync("ready");
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task Workers_are_listed_with_their_health_and_load()
    {
        await _edge.ConnectAsync("/ws/agents", EdgeUnderTest.Token());
        JsonElement worker = (await _edge.WorkersAsync()).EnumerateArray().Single();

        Assert.Equal("w1", worker.GetProperty("id").GetString());
        Assert.Equal(new Uri(_worker.Address), new Uri(worker.GetProperty("address").GetString()!));
        Assert.Equal("ready", worker.GetProperty("state").GetString());
        Assert.True(worker.GetProperty("available").GetBoolean());
        Assert.Equal(7, worker.GetProperty("load").GetProperty("connections").GetInt64());
        Assert.Equal(1, worker.GetProperty("connections").GetInt64());
        Assert.Equal(0, worker.GetProperty("requests").GetInt64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("an-admin-token-for-test")]
    [InlineData("an-admin-token-for-tests2")]
    public async Task Without_the_admin_token_there_is_nothing(string? token)
    {
        foreach (string path in new[] { "/admin/workers", "/readyz", "/healthz", "/nowhere" })
        {
            using HttpResponseMessage answer = await _edge.SendAsync(
                HttpMethod.Get, path, token, on: _edge.AdminAddress);
            await ProblemAssert.IsAsync(401, "unauthorized", answer);
        }
    }

    [Fact]
    public async Task Tokens_of_a_file_rotate_without_a_restart_and_what_is_of_no_use_changes_nothing()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "the-first-token-of-operators\n");
            await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
                [_worker], ("connection_plane:edge:admin_token", null!),
                ("connection_plane:edge:admin_token_file", file));
            WatchedFiles files = edge.Services.GetRequiredService<WatchedFiles>();
            foreach ((string content, bool first, bool second) in new[]
            {
                ("the-first-token-of-operators\n", true, false),
                ("the-first-token-of-operators\r\n\r\nthe-second-token-of-operators", true, true),
                ("the-second-token-of-operators\nshort\n", true, true),
                ("", true, true),
                ("the-second-token-of-operators\nchange-me-change-me\n", true, true),
                ("the-second-token-of-operators\n", false, true),
            })
            {
                await File.WriteAllTextAsync(file + ".new", content);
                File.Move(file + ".new", file, overwrite: true);
                files.Look();
                Assert.Equal(first, await IsLetInAsync(edge, "the-first-token-of-operators"));
                Assert.Equal(second, await IsLetInAsync(edge, "the-second-token-of-operators"));
                Assert.False(await IsLetInAsync(edge, "change-me-change-me"));
            }

            Assert.DoesNotContain(edge.Logs.Lines, line => line.Contains("token-of-operators"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_token_of_a_client_does_not_open_it_whatever_its_scope()
    {
        string token = EdgeUnderTest.Token(scope: "admin read:* publish:*");
        using HttpResponseMessage answer = await _edge.SendAsync(
            HttpMethod.Get, "/admin/workers", token, on: _edge.AdminAddress);

        await ProblemAssert.IsAsync(401, "unauthorized", answer);
    }

    [Fact]
    public async Task The_public_listener_has_no_admin_paths_not_even_for_operators_and_whatever_the_Host_header_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/workers");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", EdgeUnderTest.AdminToken);
        request.Headers.Host = _edge.AdminAddress.Authority;
        using HttpResponseMessage answer = await _edge.Client.SendAsync(request);

        await ProblemAssert.IsAsync(404, "not_found", answer);
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/ws/agents")]
    [InlineData("/sse/agents")]
    public async Task The_admin_listener_forwards_nothing(string path)
    {
        using HttpResponseMessage answer = await _edge.GetAdminAsync(path);

        await ProblemAssert.IsAsync(404, "not_found", answer);
        Assert.True(_worker.Seen.IsEmpty);
    }

    [Fact]
    public async Task Readiness_has_its_reasons_here_and_none_in_public()
    {
        _worker.Status = "unready";
        await _edge.WorkersAreAsync("unready");
        using HttpResponseMessage here = await _edge.GetAdminAsync("/readyz");
        using HttpResponseMessage there = await _edge.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, here.StatusCode);
        Assert.Contains("no worker is ready", await here.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, there.StatusCode);
        Assert.Equal("not ready\n", await there.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Other_methods_are_problems()
    {
        using HttpResponseMessage answer = await _edge.SendAsync(
            HttpMethod.Delete, "/admin/workers", EdgeUnderTest.AdminToken, on: _edge.AdminAddress);

        await ProblemAssert.IsAsync(405, "method_not_allowed", answer);
    }

    private static async Task<bool> IsLetInAsync(EdgeUnderTest edge, string token)
    {
        using HttpResponseMessage answer = await edge.SendAsync(
            HttpMethod.Get, "/admin/workers", token, on: edge.AdminAddress);
        return answer.IsSuccessStatusCode;
    }
}
