using Microsoft.AspNetCore.Http;
using Realtime.Workers.Answers;

namespace Realtime.Tests.Workers.Answers;

public sealed class MediaTypesTests
{
    private const string Json = "application/json";
    private const string MessagePack = "application/msgpack";

    [Theory]
    [InlineData(Json, true, false, false)]
    [InlineData("Application/JSON; charset=\"UTF-8\"", true, false, false)]
    [InlineData("application/json; charset=utf-16", false, false, false)]
    [InlineData(MessagePack, false, true, false)]
    [InlineData("application/x-msgpack", false, true, false)]
    [InlineData("Application/Vnd.MsgPack; x=1", false, true, false)]
    [InlineData("application/msgpack2", false, false, false)]
    [InlineData("application/octet-stream", false, false, true)]
    [InlineData("nonsense", false, false, false)]
    [InlineData("", false, false, true)]
    [InlineData(null, false, false, true)]
    public void Content_types_are_told_apart(string? contentType, bool json, bool messagePack, bool bytes) =>
        Assert.Equal(
            (json, messagePack, bytes),
            (MediaTypes.IsJson(contentType), MediaTypes.IsMessagePack(contentType), MediaTypes.IsBytes(contentType)));

    [Theory]
    [InlineData(null, null, nameof(AnswerForm.Json))]
    [InlineData(null, Json, nameof(AnswerForm.Json))]
    [InlineData(null, MessagePack, nameof(AnswerForm.MessagePack))]
    [InlineData("*/*", MessagePack, nameof(AnswerForm.MessagePack))]
    [InlineData("*/*", null, nameof(AnswerForm.Json))]
    [InlineData("application/*", MessagePack, nameof(AnswerForm.MessagePack))]
    [InlineData("text/html", MessagePack, nameof(AnswerForm.MessagePack))]
    [InlineData("no media type", MessagePack, nameof(AnswerForm.MessagePack))]
    [InlineData(MessagePack, null, nameof(AnswerForm.MessagePack))]
    [InlineData("Application/X-MsgPack", Json, nameof(AnswerForm.MessagePack))]
    [InlineData("application/vnd.msgpack, */*", null, nameof(AnswerForm.MessagePack))]
    [InlineData("application/msgpack, application/*;q=0.9", null, nameof(AnswerForm.MessagePack))]
    [InlineData("*/*;q=0.1, application/msgpack;q=0.2", Json, nameof(AnswerForm.MessagePack))]
    [InlineData(Json, MessagePack, nameof(AnswerForm.Json))]
    [InlineData("application/json, text/plain, */*", MessagePack, nameof(AnswerForm.Json))]
    [InlineData("application/msgpack;q=0.5, application/json", MessagePack, nameof(AnswerForm.Json))]
    [InlineData("application/msgpack;q=0, */*", MessagePack, nameof(AnswerForm.Json))]
    [InlineData("application/msgpack;q=0", null, nameof(AnswerForm.Json))]
    [InlineData("application/msgpack, application/json;q=0.5", Json, nameof(AnswerForm.MessagePack))]
    [InlineData("application/msgpack, application/json", Json, nameof(AnswerForm.Json))]
    [InlineData("application/json, application/msgpack", MessagePack, nameof(AnswerForm.MessagePack))]
    [InlineData("application/json;q=0.5, application/msgpack;q=0, application/x-msgpack",
        Json, nameof(AnswerForm.MessagePack))]
    public void The_form_that_accept_prefers_is_answered_else_that_of_the_body(
        string? accept, string? contentType, string form)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Accept = accept;
        request.ContentType = contentType;
        Assert.Equal(form, MediaTypes.WantedForm(request).ToString());
    }

    [Fact]
    public void A_list_beyond_reason_says_nothing()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Accept = string.Join(',', Enumerable.Repeat("text/html", 31)) + ",application/msgpack";
        Assert.Equal(AnswerForm.MessagePack, MediaTypes.WantedForm(request));
        request.Headers.Accept = "text/html," + request.Headers.Accept;
        Assert.Equal(AnswerForm.Json, MediaTypes.WantedForm(request));
    }
}
