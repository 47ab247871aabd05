using System.Net;
using Microsoft.Extensions.Primitives;
using Realtime.Edge.Door;

namespace Realtime.Tests.Edge.Door;

/// <summary>Whose request it is, by whom the proxies name.</summary>
public sealed class TrustedProxiesTests
{
    private readonly TrustedProxies _proxies = new(new ProxyOptions
    {
        TrustedProxies = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"],
    });

    [Theory]
    // Whoever is no proxy is the client, whatever it claims.
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.9")]
    [InlineData("203.0.113.9", null, "203.0.113.9")]
    // A proxy names whom it carries; what stands left of that is that one's own claim.
    [InlineData("10.1.2.3", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1")]
    [InlineData("10.1.2.3", "1.1.1.1,198.51.100.1 , 192.0.2.7", "198.51.100.1")]
    [InlineData("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1")]
    [InlineData("2001:db8::9", "2001:db9::1", "2001:db9::1")]
    [InlineData("10.1.2.3", "::ffff:198.51.100.1", "198.51.100.1")]
    // With ports.
    [InlineData("10.1.2.3", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("10.1.2.3", "[2001:db9::1]:4711", "2001:db9::1")]
    [InlineData("10.1.2.3", "[2001:db9::1]", "2001:db9::1")]
    // Proxies all the way: the furthest one.
    [InlineData("10.1.2.3", "10.9.9.9, 192.0.2.7", "10.9.9.9")]
    // What is no address ends the search at who sent it.
    [InlineData("10.1.2.3", "", "10.1.2.3")]
    [InlineData("10.1.2.3", "unknown", "10.1.2.3")]
    [InlineData("10.1.2.3", "198.51.100.1, garbage", "10.1.2.3")]
    [InlineData("10.1.2.3", "198.51.100.1,", "10.1.2.3")]
    [InlineData("10.1.2.3", "garbage, 192.0.2.7", "192.0.2.7")]
    [InlineData("10.1.2.3", "7", "10.1.2.3")]
    [InlineData("10.1.2.3", "0x7f000001", "10.1.2.3")]
    [InlineData("10.1.2.3", "198.51.100.1; drop", "10.1.2.3")]
    public void The_client_is(string peer, string? forwardedFor, string client) => Assert.Equal(
        IPAddress.Parse(client), _proxies.ClientOf(IPAddress.Parse(peer), new StringValues(forwardedFor)));

    [Fact]
    public void Several_headers_are_one_list() => Assert.Equal(
        IPAddress.Parse("198.51.100.1"),
        _proxies.ClientOf(IPAddress.Parse("10.1.2.3"), new StringValues(["1.1.1.1, 198.51.100.1", "192.0.2.7"])));

    [Fact]
    public void An_endless_row_of_proxies_is_not_followed()
    {
        string row = string.Join(", ", Enumerable.Repeat("10.9.9.9", 1_000).Prepend("198.51.100.1"));

        Assert.Equal(IPAddress.Parse("10.9.9.9"), _proxies.ClientOf(IPAddress.Parse("10.1.2.3"), row));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("fd00::/8", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0/", false)]
    [InlineData("proxy.example.org", false)]
    [InlineData("", false)]
    public void Networks(string text, bool isOne) => Assert.Equal(isOne, TrustedProxies.TryParse(text, out _));
}
