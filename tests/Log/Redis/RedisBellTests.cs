using System.Text;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>Events that travel with the bell: what the script rings with, and what is read of it.</summary>
public sealed class RedisBellTests
{
    private static readonly Epoch Known = Epoch.Parse("k3x9qa");

    private readonly List<CarriedEvents?> _rung = [];

    [Fact]
    public void The_exact_bytes_are_read()
    {
        CarriedEvents carried = Assert.IsType<CarriedEvents>(Read("k3x9qa 1795-11 1796 2 0 3\nab\u0001\u0002\u0003"));
        Assert.Equal(new StreamCursor(new EntryId(1795, 11), Known), carried.Before);
        Assert.Equal([new(1796, 12), new(1796, 13), new(1796, 14)], carried.Entries.Select(entry => entry.Id));
        Assert.Equal(["ab", "", "\u0001\u0002\u0003"], carried.Entries.Select(Text));
        Assert.Equal(new StreamCursor(new EntryId(1796, 14), Known), carried.After);
        Assert.Equal(5, carried.Bytes);
    }

    [Fact]
    public void Cut_off_anywhere_it_only_rings()
    {
        byte[] whole = Encoding.ASCII.GetBytes("k3x9qa 1795-11 1796 2 0 3\nabcde");
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(RedisBell.Read(whole.AsMemory(0, length)));
        }

        Assert.NotNull(RedisBell.Read(whole));
    }

    [Theory]
    [InlineData("k3x9qa 1795-11 1796\n")]
    [InlineData("k3x9qa 1795-11 1796 2\nabc")]
    [InlineData("K3x9qa 1795-11 1796 2\nab")]
    [InlineData("k3x9qa 1795 1796 2\nab")]
    [InlineData("k3x9qa 1795-11 -6 2\nab")]
    [InlineData("k3x9qa 1795-11 1796 -2\nab")]
    [InlineData("k3x9qa 1795-11 1796 99999999999999999999\nab")]
    [InlineData("k3x9qa 1795-11 1796  2\nab")]
    public void What_is_no_such_message_only_rings(string message) => Assert.Null(Read(message));

    [Fact]
    public async Task What_was_appended_comes_with_the_bell_as_it_would_be_read()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(options with { Redis = options.Redis with { BellBytesMax = 1024 } });
        await using IAsyncDisposable listening = await log.ListenAsync(Events, Hear, None);
        Epoch epoch = (await log.OpenAsync(Events, None)).End.Epoch;

        await log.AppendAsync(Events, [Event("first"), Event("second", state: "s")], None);
        await log.AppendAsync(Events, [Event("third", key: "k"), Event("third", key: "k"), Event("fourth")], None);
        CarriedEvents one = await RungAsync(1);
        CarriedEvents two = await RungAsync(2);

        EventRead read = await ReadAsync(log, Beginning(epoch));
        Assert.Equal(["first", "second", "third", "fourth"], read.Entries.Select(Text));
        Assert.Equal(Beginning(epoch), one.Before);
        Assert.Equal(one.After, two.Before);
        Assert.Equal(
            read.Entries.Select(entry => (entry.Id, Text(entry))),
            one.Entries.Concat(two.Entries).Select(entry => (entry.Id, Text(entry))));
    }

    [Fact]
    public async Task What_is_larger_than_allowed_only_rings_and_the_next_one_tells_where_it_begins()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(options with { Redis = options.Redis with { BellBytesMax = 10 } });
        await using IAsyncDisposable listening = await log.ListenAsync(Events, Hear, None);

        await log.AppendAsync(Events, [Event("12345"), Event("678901")], None);
        await Eventually.TrueAsync("the bell rang", () => Count == 1);
        await log.AppendAsync(Events, [Event("12345"), Event("67890")], None);
        CarriedEvents carried = await RungAsync(2);

        Assert.Null(_rung[0]);
        Assert.Equal(2, carried.Before.Entry.Offset);
        Assert.Equal(["12345", "67890"], carried.Entries.Select(Text));
    }

    [Fact]
    public async Task None_travels_by_default()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(options);
        await using IAsyncDisposable listening = await log.ListenAsync(Events, Hear, None);

        await log.AppendAsync(Events, [Event("x")], None);
        await Eventually.TrueAsync("the bell rang", () => Count == 1);
        Assert.Null(_rung[0]);
    }

    private int Count
    {
        get
        {
            lock (_rung)
            {
                return _rung.Count;
            }
        }
    }

    private void Hear(CarriedEvents? events)
    {
        lock (_rung)
        {
            _rung.Add(events);
        }
    }

    private async Task<CarriedEvents> RungAsync(int number)
    {
        await Eventually.TrueAsync("the bell rang", () => Count >= number);
        return Assert.IsType<CarriedEvents>(_rung[number - 1]);
    }

    private static CarriedEvents? Read(string message) => RedisBell.Read(Encoding.Latin1.GetBytes(message));
}
