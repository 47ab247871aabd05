using System.Net;
using System.Text.Json;

namespace Realtime.Tests.Edge;

/// <summary>Problem documents, as clients see them.</summary>
internal static class ProblemAssert
{
    /// <summary>Checks status, media type, and the code; returns the document.</summary>
    public static async Task<JsonElement> IsAsync(int status, string code, HttpResponseMessage answer)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((HttpStatusCode)status == answer.StatusCode, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        return problem;
    }
}
