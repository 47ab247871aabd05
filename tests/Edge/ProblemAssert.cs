using System.Net;
using System.Text.Json;

namespace Realtime.Tests.Edge;

/// <summary>Problem documents, as clients see them.</summary>
internal static class ProblemAssert
{
    /// <summary>Checks status, media type, and the code; returns the document.</summary>
    public static async Task<JsonElement> IsAsync(int status, string code, HttpResponseMessage answer)
    {
        // What else is answered is not read: an event stream has no end.
        string? form = answer.Content.Headers.ContentType?.MediaType;
        Assert.True(form == "application/problem+json", $"{(int)answer.StatusCode}, and no problem but {form}");
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((HttpStatusCode)status == answer.StatusCode, $"{(int)answer.StatusCode}: {body}");
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        return problem;
    }
}
