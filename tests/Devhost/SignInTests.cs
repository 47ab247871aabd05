using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>The link that the devhost prints opens the page signed in, once.</summary>
public sealed class SignInTests(DevhostFixture fixture) : IClassFixture<DevhostFixture>
{
    private readonly DevhostProcess _devhost = fixture.Devhost;

    [Fact]
    public async Task A_link_signs_in_once_and_the_next_one_is_told()
    {
        string link = Link();
        Assert.Matches(@"^https://localhost:\d+/#code=[0-9a-f]{32}$", link);
        Assert.Equal(new Uri(_devhost.Edge).Port, new Uri(link).Port);
        Assert.Contains(link, _devhost.Output, StringComparison.Ordinal);

        using HttpResponseMessage first = await SignInAsync(CodeOf(link));
        using HttpResponseMessage second = await SignInAsync(CodeOf(link));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.True(first.Headers.CacheControl!.NoStore);
        string token = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        using HttpClient viewer = _devhost.CreateClient(token);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("v1/agents")).StatusCode);
        JsonElement problem = await ProblemAssert.IsAsync(401, "unauthorized", second);
        Assert.StartsWith("This sign-in link has been used.", problem.GetProperty("detail").GetString());

        string next = Link();
        Assert.NotEqual(link, next);
        await Eventually.TrueAsync(
            "the next link is printed", () => _devhost.Output.Contains(next, StringComparison.Ordinal));
        using HttpResponseMessage third = await SignInAsync(CodeOf(next));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Of_many_at_once_one_signs_in()
    {
        string code = CodeOf(Link());

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SignInAsync(code)));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("""{"code":"0123456789abcdef0123456789abcdef"}""", "application/json", 401, "unauthorized")]
    [InlineData("""{"code":""}""", "application/json", 401, "unauthorized")]
    [InlineData("""{"code":7}""", "application/json", 400, "bad_request")]
    [InlineData("""{"other":"x"}""", "application/json", 400, "bad_request")]
    [InlineData("null", "application/json", 400, "bad_request")]
    [InlineData("{", "application/json", 400, "bad_request")]
    [InlineData("", "application/json", 400, "bad_request")]
    [InlineData("code=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type")]
    public async Task What_is_no_code_is_refused(string body, string type, int status, string code)
    {
        string before = Link();
        using HttpResponseMessage answer = await PostAsync(body, type);

        await ProblemAssert.IsAsync(status, code, answer);
        Assert.Equal(before, Link());
    }

    [Fact]
    public async Task A_large_body_is_not_read()
    {
        using HttpResponseMessage answer = await PostAsync(
            $$"""{"code":"{{new string('x', 2_000)}}"}""", "application/json");

        await ProblemAssert.IsAsync(413, "too_large", answer);
    }

    [Fact]
    public async Task It_is_a_matter_of_POST_on_the_public_listener()
    {
        using HttpClient nobody = _devhost.CreateClient();
        using HttpResponseMessage got = await nobody.GetAsync("sign-in");
        await ProblemAssert.IsAsync(405, "method_not_allowed", got);

        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(new Uri(_devhost.Ready.GetProperty("admin").GetString()!), "sign-in"));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", _devhost.Ready.GetProperty("admin_token").GetString());
        using HttpResponseMessage posted = await nobody.SendAsync(request);
        await ProblemAssert.IsAsync(404, "not_found", posted);
    }

    [Fact]
    public void The_banner_begins_with_the_link_and_says_that_browsers_will_warn()
    {
        string[] lines = _devhost.Output.Split('\n');

        Assert.Contains("https://localhost:", lines[0], StringComparison.Ordinal);
        Assert.Contains("certificate is self-made", lines[1], StringComparison.Ordinal);
    }

    private static string CodeOf(string link) => link.Split("#code=")[1];

    // The file is written anew after each sign-in.
    private string Link() =>
        JsonDocument.Parse(File.ReadAllBytes(_devhost.ReadyFile)).RootElement.GetProperty("page").GetString()!;

    private Task<HttpResponseMessage> SignInAsync(string code) =>
        PostAsync(JsonSerializer.Serialize(new { code }), "application/json");

    private async Task<HttpResponseMessage> PostAsync(string body, string type)
    {
        using HttpClient nobody = _devhost.CreateClient();
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await nobody.PostAsync("sign-in", content);
    }
}
