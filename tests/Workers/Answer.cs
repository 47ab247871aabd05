using System.Text.Json;

namespace Realtime.Tests.Workers;

/// <summary>An HTTP answer, read to its end.</summary>
internal sealed record Answer(int Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The code of a problem document.</summary>
    public string? Code => Json.GetProperty("code").GetString();

    /// <summary>The places that a problem document names.</summary>
    public string[] Places => Json.TryGetProperty("errors", out JsonElement errors)
        ? [.. errors.EnumerateArray().Select(error => error.GetProperty("where").GetString()!)]
        : [];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync();
            return new Answer(
                (int)response.StatusCode,
                body,
                response.Headers.Concat(response.Content.Headers).ToDictionary(
                    header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>Checks that it is a problem document of a code, whole and consistent.</summary>
    public void AssertProblem(int status, string code)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {System.Text.Encoding.UTF8.GetString(Body)}");
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        Assert.Equal(code, Code);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(Json.GetProperty("detail").GetString()));
    }
}
