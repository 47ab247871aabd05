using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Edge.Affinity;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.Edge;

/// <summary>
/// What goes to one worker: the producers and viewers of a terminal, wherever the task stands in the address.
/// </summary>
public sealed class AffinityKeyTests
{
    private static readonly Identity Someone = new()
    {
        Tenant = "acme",
        Subject = "s1",
        Grants = Grants.None,
        ExpiresAt = DateTimeOffset.MaxValue,
        ConnectionId = "c1",
    };

    [Theory]
    [InlineData("/ws/terminal/t1", "", "acme\0task\0t1")]
    [InlineData("/v1/tasks/t1/terminal", "", "acme\0task\0t1")]
    [InlineData("/v1/publish", "?task=t1", "acme\0task\0t1")]
    [InlineData("/v1/publish", "", "acme\0subject\0s1\0c1")]
    [InlineData("/v1/publish", "?task=", "acme\0subject\0s1\0c1")]
    [InlineData("/ws/agents", "?task=t1", "acme\0subject\0s1\0c1")]
    [InlineData("/ws/agents", "?agents=a1,a2", "acme\0agent\0a1")]
    public void Connections_have_the_key_of_what_they_are_about(string path, string query, string key) =>
        Assert.Equal(key, AffinityKey.Of(Upgrade(path, query), Someone));

    [Fact]
    public void A_plain_request_that_any_worker_serves_has_none()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = "/v1/events";
        Assert.Null(AffinityKey.Of(context, Someone));
    }

    private static DefaultHttpContext Upgrade(string path, string query)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpUpgradeFeature>(new Upgradable());
        context.Request.Method = "GET";
        context.Request.Path = path;
        context.Request.QueryString = new QueryString(query);
        context.Request.Headers.Upgrade = "websocket";
        return context;
    }

    private sealed class Upgradable : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => throw new NotSupportedException();
    }
}
