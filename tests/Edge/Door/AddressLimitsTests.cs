using System.Globalization;
using System.Net;
using Realtime.Edge;
using Realtime.Edge.Door;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge.Door;

/// <summary>Rates, bursts and counts by address, and that no number of addresses makes the table grow.</summary>
public sealed class AddressLimitsTests
{
    private static readonly AddressGroup Ann = Of("192.0.2.1");
    private static readonly AddressGroup Ben = Of("192.0.2.2");

    private readonly ManualClock _clock = new();

    [Fact]
    public void A_burst_is_two_seconds_worth_and_comes_back_at_the_rate()
    {
        AddressLimits limits = New(new() { AddressRequestsPerSecond = 10 });

        Assert.Equal(20, CountUntilRefused(() => limits.TryRequest(Ann), EdgeRefusal.AddressRequestRate));
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(EdgeRefusal.AddressRequestRate, limits.TryRequest(Ann));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(limits.TryRequest(Ann));
        Assert.NotNull(limits.TryRequest(Ann));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, CountUntilRefused(() => limits.TryRequest(Ann), EdgeRefusal.AddressRequestRate));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(20, CountUntilRefused(() => limits.TryRequest(Ann), EdgeRefusal.AddressRequestRate));
    }

    [Fact]
    public void What_one_address_is_refused_costs_others_nothing()
    {
        AddressLimits limits = New(new()
        {
            AddressConnectionsPerSecond = 3,
            ConnectionsPerSecond = 4,
            AddressHandshakesPerSecond = 3,
            HandshakesPerSecond = 4,
        });

        Assert.Equal(6, CountUntilRefused(() => limits.TryConnect(Ann), EdgeRefusal.AddressConnectionRate));
        Assert.Equal(2, CountUntilRefused(() => limits.TryConnect(Ben), EdgeRefusal.ConnectionRate));
        Assert.Equal(6, CountUntilRefused(() => limits.TryAccept(Ann, out _), EdgeRefusal.AddressHandshakeRate));
        Assert.Equal(2, CountUntilRefused(() => limits.TryAccept(Ben, out _), EdgeRefusal.HandshakeRate));
    }

    [Fact]
    public void Sockets_of_an_address_are_counted_until_they_end()
    {
        AddressLimits limits = New(new() { AddressSocketsMax = 2 });

        Assert.Null(limits.TryAccept(Ann, out AddressState? first));
        Assert.Null(limits.TryAccept(Ann, out _));
        Assert.Equal(EdgeRefusal.AddressSockets, limits.TryAccept(Ann, out AddressState? none));
        Assert.Null(none);
        Assert.Null(limits.TryAccept(Ben, out _));
        limits.Leave(first!);
        Assert.Null(limits.TryAccept(Ann, out _));
    }

    [Fact]
    public void A_proxy_s_sockets_count_for_all_only()
    {
        AddressLimits limits = New(new()
        {
            AddressSocketsMax = 1,
            AddressHandshakesPerSecond = 1,
            HandshakesPerSecond = 3,
        });

        Assert.Equal(6, CountUntilRefused(() => limits.TryAccept(null, out _), EdgeRefusal.HandshakeRate));
    }

    [Fact]
    public void Addresses_beyond_the_table_share_one_place_until_idle_ones_are_forgotten()
    {
        AddressLimits limits = New(new() { AddressesMax = 100, AddressRequestsPerSecond = 1 });
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(limits.TryRequest(Numbered(i)));
        }

        // The next thousand strangers have the two tokens of one address among them.
        Assert.Equal(2, Enumerable.Range(100, 1_000).Count(i => limits.TryRequest(Numbered(i)) is null));
        Assert.Equal(100, limits.Known);
        Assert.Null(limits.TryRequest(Numbered(5)));

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(limits.TryRequest(Numbered(2_000)));
        Assert.Equal(1, limits.Known);
    }

    [Fact]
    public void An_address_with_an_open_socket_is_not_forgotten()
    {
        AddressLimits limits = New(new() { AddressSocketsMax = 1 });
        limits.TryAccept(Ann, out _);
        _clock.Advance(TimeSpan.FromHours(1));
        limits.TryRequest(Ben);

        Assert.Equal(EdgeRefusal.AddressSockets, limits.TryAccept(Ann, out _));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.1", "::1", false)]
    public void What_counts_as_one_address(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Of(one) == Of(other));

    [Theory]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void An_address_in_logs(string address, string shown) => Assert.Equal(shown, Of(address).ToString());

    private AddressLimits New(DoorOptions options) => new(options, _clock);

    private static AddressGroup Of(string address) => AddressGroup.Of(IPAddress.Parse(address));

    private static AddressGroup Numbered(int i) =>
        Of(string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 256}.{i % 256}"));

    private static int CountUntilRefused(Func<EdgeRefusal?> ask, EdgeRefusal expected)
    {
        int passed = 0;
        EdgeRefusal? refusal;
        while ((refusal = ask()) is null && passed < 10_000)
        {
            passed++;
        }

        Assert.Equal(expected, refusal);
        return passed;
    }
}
