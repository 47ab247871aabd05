using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Tests.Edge;

namespace Realtime.Tests.EndToEnd;

/// <summary>Tokens of every kind of wrong, at every door: a problem document, and no WebSocket.</summary>
public class BadTokenTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    private const string OtherKey = "another-key-that-has-32-bytes-or-more";

    [Theory]
    [InlineData("missing", 401, "unauthorized")]
    [InlineData("no jwt", 401, "unauthorized")]
    [InlineData("expired", 401, "token_expired")]
    [InlineData("of another key", 401, "unauthorized")]
    [InlineData("for another audience", 401, "unauthorized")]
    [InlineData("not yet valid", 401, "unauthorized")]
    [InlineData("of algorithm none", 401, "unauthorized")]
    [InlineData("of a tenant that is no name", 403, "bad_tenant")]
    public async Task A_wrong_token_opens_no_door(string kind, int status, string code)
    {
        string key = shared.System.SigningKey;
        string? token = kind switch
        {
            "no jwt" => "abc",
            "expired" => TestTokens.Make(key: key, expiresIn: -60),
            "of another key" => TestTokens.Make(key: OtherKey),
            "for another audience" => TestTokens.Make(key: key, audience: "others"),
            "not yet valid" => TestTokens.Make(key: key, validFrom: 120),
            "of algorithm none" => TestTokens.Make(key: key, algorithm: "none"),
            "of a tenant that is no name" => TestTokens.Make(key: key, tenant: "a/b"),
            _ => null,
        };
        using HttpClient http = shared.System.CreateClient();
        HttpRequestMessage[] doors =
        [
            new(HttpMethod.Get, "/v1/events"),
            new(HttpMethod.Get, "/v1/agents"),
            new(HttpMethod.Get, "/v1/tasks/t1/terminal"),
            new(HttpMethod.Post, "/v1/events") { Content = new StringContent("[]") },
            new(HttpMethod.Post, "/v1/tasks/t1/terminal") { Content = new ByteArrayContent([1]) },
            new(HttpMethod.Get, "/sse/agents"),
            Upgrade("/ws/agents"),
            Upgrade("/ws/terminal/t1"),
        ];

        foreach (HttpRequestMessage door in doors)
        {
            door.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage answer = await http.SendAsync(door);
            JsonElement problem = await ProblemAssert.IsAsync(status, code, answer);
            Assert.False(problem.GetProperty("retry").GetBoolean());
            Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
            door.Dispose();
        }
    }

    [Fact]
    public async Task The_same_token_made_right_opens_them()
    {
        using HttpClient http = shared.System.CreateClient(TestTokens.Make(key: shared.System.SigningKey));
        using HttpResponseMessage answer = await http.GetAsync("/v1/events");
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
    }

    private static HttpRequestMessage Upgrade(string path) => new(HttpMethod.Get, path)
    {
        Headers =
        {
            { "Connection", "Upgrade" },
            { "Upgrade", "websocket" },
            { "Sec-WebSocket-Version", "13" },
            { "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==" },
        },
    };
}
