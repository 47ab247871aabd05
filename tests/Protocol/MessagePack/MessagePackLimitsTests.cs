using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.MessagePack;

public sealed class MessagePackLimitsTests
{
    [Theory]
    [InlineData("01", 0, 1, 1)]
    [InlineData("90", 1, 1, 1)]
    [InlineData("9190", 2, 2, 2)]
    [InlineData("93010203", 1, 4, 4)]
    [InlineData("8201020304", 1, 5, 5)]
    [InlineData("9281a1619101c0", 3, 6, 7)]
    public void A_value_passes_at_its_limits_and_not_below(string hex, int depth, int values, int bytes)
    {
        byte[] data = Bytes.FromHex(hex);
        Assert.True(Skips(data, depth, values, bytes));
        Assert.False(depth > 0 && Skips(data, depth - 1, values, bytes));
        Assert.False(Skips(data, depth, values - 1, bytes));
        Assert.False(Skips(data, depth, values, bytes - 1));
    }

    [Theory]
    [InlineData("ddffffffff")]
    [InlineData("dfffffffff")]
    [InlineData("df8000000001")]
    [InlineData("dbffffffff")]
    [InlineData("c6ffffffff")]
    [InlineData("c9ffffffff01")]
    [InlineData("92c0")]
    [InlineData("81c0")]
    public void What_claims_more_than_there_is_is_refused_at_once(string hex)
    {
        var reader = new MessagePackReader(Bytes.FromHex(hex));
        Assert.False(reader.TrySkip(MessagePackLimits.Stored));
        Assert.False(reader.TryReadArrayHeader(out _));
        Assert.False(reader.TryReadMapHeader(out _));
    }

    [Fact]
    public void Deep_nesting_needs_no_stack()
    {
        byte[] deep = new byte[100_000];
        deep.AsSpan().Fill(0x91);
        deep[^1] = 0xc0;
        Assert.False(Skips(deep, MessagePackLimits.DepthMax, int.MaxValue, int.MaxValue));
        Assert.True(Skips(deep[^(MessagePackLimits.DepthMax + 1)..], MessagePackLimits.DepthMax, 200, 200));
    }

    [Fact]
    public void A_raw_value_is_exactly_its_bytes()
    {
        var reader = new MessagePackReader(Bytes.FromHex("9201a16102"));
        Assert.True(reader.TryReadRaw(MessagePackLimits.Default, out ReadOnlySpan<byte> raw));
        Assert.Equal("9201a161", Convert.ToHexStringLower(raw));
        Assert.True(reader.TryReadInt32(out int next));
        Assert.Equal(2, next);
        Assert.False(reader.TryReadRaw(MessagePackLimits.Default, out _));
    }

    private static bool Skips(byte[] data, int depth, int values, int bytes)
    {
        var reader = new MessagePackReader(data);
        return reader.TrySkip(new MessagePackLimits(depth, values, bytes));
    }
}
