using System.IO.Pipelines;
using System.Text;
using Realtime.Loadtests.Viewers;

namespace Realtime.Tests.Loadtests;

public class UpgradeTests
{
    [Fact]
    public void The_request_offers_protocol_and_token()
    {
        var request = new UpgradeRequest(
            new Uri("https://localhost:8443"), new ViewerOpening("/ws/agents?agents=a1", "abc"));

        string text = Encoding.ASCII.GetString(request.Bytes.Span);

        Assert.StartsWith("GET /ws/agents?agents=a1 HTTP/1.1\r\nHost: localhost:8443\r\n", text);
        Assert.Contains("\r\nSec-WebSocket-Protocol: realtime.v1.json, bearer.abc\r\n", text);
        Assert.EndsWith("\r\n\r\n", text);
    }

    [Fact]
    public async Task The_answer_is_read_to_its_end_and_not_further()
    {
        PipeReader input = Input("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: xyz=\r\n\r\nframe");

        UpgradeAnswer answer = await UpgradeAnswer.ReadAsync(input, CancellationToken.None);

        Assert.Equal(101, answer.Status);
        Assert.Equal("xyz=", answer.Header("sec-websocket-accept"));
        Assert.Null(answer.Header("none"));
        Assert.Equal("frame", Encoding.ASCII.GetString((await input.ReadAsync()).Buffer.FirstSpan));
    }

    [Fact]
    public async Task A_refusal_shows_its_document()
    {
        PipeReader input = Input("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n\r\n{\"code\":\"limit\"}");

        UpgradeAnswer answer = await UpgradeAnswer.ReadAsync(input, CancellationToken.None);

        Assert.Equal(429, answer.Status);
        Assert.Contains("\"code\":\"limit\"", answer.Show());
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 101 Switching")]
    public async Task An_answer_that_is_cut_off_is_an_error(string bytes)
    {
        var failure = await Assert.ThrowsAsync<ViewerException>(() =>
            UpgradeAnswer.ReadAsync(Input(bytes), CancellationToken.None));

        Assert.True(failure.MayRetry);
    }

    [Fact]
    public async Task What_is_no_http_has_no_status() =>
        Assert.Equal(0, (await UpgradeAnswer.ReadAsync(Input("SSH-2.0\r\n\r\n"), CancellationToken.None)).Status);

    private static PipeReader Input(string bytes) =>
        PipeReader.Create(new MemoryStream(Encoding.ASCII.GetBytes(bytes)));
}
