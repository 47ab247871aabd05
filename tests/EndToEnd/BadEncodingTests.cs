using System.Text.Json;
using Realtime.Tests.Edge;

namespace Realtime.Tests.EndToEnd;

/// <summary>An <c>encoding</c> of terminal bytes that cannot be, through a real edge.</summary>
public sealed class BadEncodingTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    private readonly string _tenant = shared.NewTenant();

    [Theory]
    [InlineData("encoding=hex", "query: encoding: must be base64 or lz4")]
    [InlineData("encoding=lz4&encoding=lz4", "query: encoding: given more than once; give it once")]
    [InlineData("encoding=base64&encoding=lz4", "query: encoding: given more than once; give it once")]
    public async Task A_wrong_encoding_is_refused_once_in_either_form(string query, string detail)
    {
        foreach (string form in new[] { TestConnection.Json, TestConnection.MessagePack })
        {
            using Conversation viewer = await Conversation.OpenAsync(
                shared.System, $"/ws/terminal/t1?{query}", shared.System.Token("read:*", _tenant), form);
            JsonElement error = await viewer.NextAsync("error");

            Assert.Equal("bad_request", error.GetProperty("code").GetString());
            Assert.Equal("subscribe", error.GetProperty("request").GetString());
            Assert.Equal("default", error.GetProperty("id").GetString());
            Assert.False(error.GetProperty("retry").GetBoolean());
            Assert.Equal(detail, error.GetProperty("detail").GetString());
            Assert.Equal(4400, (await viewer.ClosedAsync()).Code);
        }
    }

    [Theory]
    [InlineData("/sse/agents?encoding=base64")]
    [InlineData("/v1/tasks/t1/terminal?encoding=lz4")]
    public async Task Where_there_is_no_choice_of_encodings_the_parameter_is_unknown(string pathAndQuery)
    {
        using HttpClient http = shared.System.CreateClient(shared.System.Token("read:*", _tenant));
        using HttpResponseMessage answer = await http.GetAsync(pathAndQuery, HttpCompletionOption.ResponseHeadersRead);
        JsonElement problem = await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Contains(
            problem.GetProperty("errors").EnumerateArray(),
            error => error.GetProperty("where").GetString() == "query: encoding");
    }
}
