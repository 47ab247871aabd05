using Microsoft.AspNetCore.Http;
using Realtime.Edge.Auth;

namespace Realtime.Tests.Edge;

/// <summary>Finding the token in all three places, and leaving none behind.</summary>
public sealed class RequestTokenTests
{
    [Theory]
    [InlineData("Bearer abc", null, "", "abc", "", null)]
    [InlineData("bearer   abc ", null, "", "abc", "", null)]
    [InlineData("Basic abc", null, "", null, "", null)]
    [InlineData("Bearer ", null, "", null, "", null)]
    [InlineData(null, "realtime.v1.json, bearer.abc", "", "abc", "", "realtime.v1.json")]
    [InlineData(null, "bearer.abc", "", "abc", "", null)]
    [InlineData(null, "Bearer.abc,x , y", "", "abc", "", "x, y")]
    [InlineData(null, "bearer.abc,bearer.abc", "", "abc", "", null)]
    [InlineData(null, null, "?access_token=abc", "abc", "", null)]
    [InlineData(null, null, "?a=1&access_token=abc&a=2", "abc", "?a=1&a=2", null)]
    [InlineData(null, null, "?ACCESS_TOKEN=a%2Eb", "a.b", "", null)]
    [InlineData(null, null, "?access_token=&x", null, "?x=", null)]
    [InlineData(null, null, "?xaccess_token=abc", null, "?xaccess_token=abc", null)]
    [InlineData(null, null, "?a=%20+%C3%A9&b", null, "?a=%20+%C3%A9&b", null)]
    [InlineData("Bearer abc", "bearer.abc", "?access_token=abc", "abc", "", null)]
    public void A_token_is_taken_out_of_the_request(
        string? authorization, string? subprotocols, string query,
        string? token, string queryLeft, string? subprotocolsLeft)
    {
        HttpRequest request = Request(authorization, subprotocols, query);

        Assert.Equal(new RequestToken(token, IsAmbiguous: false), RequestToken.Take(request));
        Assert.Equal(queryLeft, request.QueryString.Value ?? "");
        Assert.Equal(subprotocolsLeft ?? "", request.Headers.SecWebSocketProtocol.ToString());
        Assert.Equal(subprotocolsLeft is not null, request.Headers.ContainsKey("Sec-WebSocket-Protocol"));
        Assert.False(request.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("?ticket=tk_1", "tk_1", "")]
    [InlineData("?a=1&TICKET=tk%5F1&b", "tk_1", "?a=1&b=")]
    [InlineData("?ticket=tk_1&ticket=tk_1", "tk_1", "")]
    [InlineData("?ticket=", null, "")]
    [InlineData("?ticket=&access_token=", null, "")]
    public void A_ticket_is_taken_out_of_the_query(string query, string? ticket, string queryLeft)
    {
        HttpRequest request = Request(null, null, query);

        RequestTokenKind kind = ticket is null ? RequestTokenKind.Token : RequestTokenKind.Ticket;
        Assert.Equal(new RequestToken(ticket, IsAmbiguous: false, kind), RequestToken.Take(request));
        Assert.Equal(queryLeft, request.QueryString.Value ?? "");
    }

    [Theory]
    [InlineData("Bearer a", null, "?ticket=a")]
    [InlineData(null, "bearer.a", "?ticket=b")]
    [InlineData(null, null, "?ticket=a&access_token=a")]
    [InlineData(null, null, "?access_token=a&ticket=a")]
    [InlineData(null, null, "?ticket=a&ticket=b")]
    [InlineData("Bearer a", "bearer.b", "")]
    [InlineData("Bearer a", null, "?access_token=b")]
    [InlineData(null, "bearer.a,bearer.b", "")]
    [InlineData(null, null, "?access_token=a&access_token=b")]
    [InlineData("Bearer a", "bearer.b", "?access_token=a")]
    public void Two_different_tokens_are_ambiguous(string? authorization, string? subprotocols, string query) =>
        Assert.True(RequestToken.Take(Request(authorization, subprotocols, query)).IsAmbiguous);

    private static HttpRequest Request(string? authorization, string? subprotocols, string query)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Headers.Authorization = authorization;
        request.Headers.SecWebSocketProtocol = subprotocols;
        request.QueryString = new QueryString(query);
        return request;
    }
}
