using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Problems;

public sealed class ProblemTests
{
    [Fact]
    public async Task A_problem_is_a_document_of_the_standard()
    {
        await using TestHost host = await TestHost.StartAsync(app => app.Run(context => Problem.WriteAsync(
            context, 429, ErrorCodes.RateLimited, "Too fast.",
            [new ProblemError("/3/channel", "is not a channel"), new ProblemError("query: limit", "is too high")],
            TimeSpan.FromMilliseconds(1_001))));

        using HttpResponseMessage answer = await host.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter!.Delta);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal(
            """
            {"type":"urn:realtime:problem:rate_limited","title":"A limit is reached.","status":429,
            "code":"rate_limited","detail":"Too fast.","retry":true,
            "errors":[{"where":"/3/channel","detail":"is not a channel"},
            {"where":"query: limit","detail":"is too high"}]}
            """.ReplaceLineEndings("") + "\n",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_refusal_for_want_of_a_token_says_how_to_authenticate()
    {
        await using TestHost host = await TestHost.StartAsync(app => app.Run(context =>
            Problem.WriteAsync(context, 401, ErrorCodes.Unauthorized, "No token.")));

        using HttpResponseMessage answer = await host.Client.GetAsync("/");

        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("unauthorized", (await ReadAsync(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_question_for_headers_gets_no_body()
    {
        await using TestHost host = await TestHost.StartAsync(_ => { });

        using HttpResponseMessage answer = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/x"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_answer_that_has_begun_is_broken_off()
    {
        await using TestHost host = await TestHost.StartAsync(app => app.Run(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await Problem.WriteAsync(context, 500, ErrorCodes.Internal, "Too late.");
        }));

        await Assert.ThrowsAsync<HttpRequestException>(() => host.Client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("DELETE", "/get", 405, "method_not_allowed")]
    [InlineData("GET", "/bare", 415, "unsupported_media_type")]
    public async Task Bare_statuses_become_problems(string method, string path, int status, string code)
    {
        await using TestHost host = await TestHost.StartAsync(app =>
        {
            app.MapGet("/get", () => "x");
            app.MapGet("/bare", () => Results.StatusCode(415));
        });

        using HttpResponseMessage answer = await host.Client.SendAsync(new HttpRequestMessage(new(method), path));

        JsonElement problem = await ReadAsync(answer);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.False(problem.GetProperty("retry").GetBoolean());
        Assert.Equal(status == 405 ? "GET" : "", string.Join(", ", answer.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("body")]
    [InlineData("length")]
    public async Task An_answer_of_somebody_else_stands_as_it_is(string kind)
    {
        await using TestHost host = await TestHost.StartAsync(app => app.Run(async context =>
        {
            context.Response.StatusCode = 404;
            if (kind == "body")
            {
                await context.Response.WriteAsync("mine");
            }
            else
            {
                context.Response.ContentLength = 0;
            }
        }));

        using HttpResponseMessage answer = await host.Client.GetAsync("/");

        Assert.Equal(kind == "body" ? "mine" : "", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_exception_is_answered_and_nothing_of_it_is_shown()
    {
        static Task Fail(HttpContext context)
        {
            context.Response.Headers.Location = "/of-the-answer-that-failed";
            throw new InvalidOperationException("swordfish");
        }

        await using TestHost host = await TestHost.StartAsync(app => app.MapGet("/tasks/{task}", Fail));

        using HttpResponseMessage answer = await host.Client.GetAsync("/tasks/private?access_token=swordfish");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"code\":\"internal\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", body, StringComparison.Ordinal);
        string logged = Assert.Single(host.Logged, line => line.Contains("Unhandled", StringComparison.Ordinal));
        Assert.Contains("GET HTTP: GET /tasks/{task}", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("private", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_larger_than_allowed_is_told()
    {
        await using TestHost host = await TestHost.StartAsync(app => app.MapPost("/", async (HttpContext context) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 10;
            await context.Request.Body.CopyToAsync(Stream.Null);
        }));

        using HttpResponseMessage answer = await host.Client.PostAsync("/", new ByteArrayContent(new byte[11]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("too_large", (await ReadAsync(answer)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(400, 400, "bad_request")]
    [InlineData(408, 408, "too_slow")]
    [InlineData(431, 431, "too_large")]
    [InlineData(411, 411, "bad_request")]
    public async Task A_bad_request_keeps_its_status(int thrown, int status, string code)
    {
        await using TestHost host = await TestHost.StartAsync(app =>
            app.Run(_ => throw new BadHttpRequestException("swordfish", thrown)));

        using HttpResponseMessage answer = await host.Client.GetAsync("/");

        JsonElement problem = await ReadAsync(answer);
        Assert.Equal((status, code), ((int)answer.StatusCode, problem.GetProperty("code").GetString()));
        Assert.DoesNotContain("swordfish", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_has_a_title_of_its_own()
    {
        string[] codes = [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)];

        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.NotEqual(code, ProblemTypes.Of(code).Title));
        Assert.Equal(codes.Length, codes.Select(code => ProblemTypes.Of(code).Title).Distinct().Count());
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
