using System.Text;
using Realtime.Loadtests.Load;

namespace Realtime.Tests.Loadtests;

public class StampTests
{
    [Fact]
    public void It_is_written_as_key_and_value()
    {
        byte[] buffer = new byte[Stamp.BytesMax];

        int length = new Stamp(7, 3, 12, 9000).Write(buffer);

        Assert.Equal("\"stamp\":\"7.3.12.9000\"", Encoding.ASCII.GetString(buffer, 0, length));
    }

    [Fact]
    public void The_largest_fills_the_room_that_is_kept_for_it()
    {
        byte[] buffer = new byte[Stamp.BytesMax];

        int length = new Stamp(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue).Write(buffer);

        Assert.Equal(Stamp.BytesMax, length);
    }

    [Fact]
    public void It_is_found_in_an_event()
    {
        ReadOnlySpan<byte> rest =
            """{"op":"event","id":"3:1-2.abc","payload":{"stamp":"7.3.12.9000","pad":"xx"}}"""u8;

        Assert.True(Stamp.TryFindNext(ref rest, out Stamp stamp));
        Assert.Equal(new Stamp(7, 3, 12, 9000), stamp);
        Assert.False(Stamp.TryFindNext(ref rest, out _));
    }

    [Fact]
    public void All_of_a_replay_are_found_in_order()
    {
        ReadOnlySpan<byte> rest =
            """[{"op":"replay","id":"default"},{"payload":{"stamp":"7.3.0.1"}},{"payload":{"stamp":"7.3.1.2"}}]"""u8;

        Assert.True(Stamp.TryFindNext(ref rest, out Stamp first));
        Assert.True(Stamp.TryFindNext(ref rest, out Stamp second));
        Assert.False(Stamp.TryFindNext(ref rest, out _));
        Assert.Equal((0, 1), (first.Sequence, second.Sequence));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"op":"welcome"}""")]
    [InlineData("""{"stamp":""")]
    [InlineData("""{"stamp":"7.3.12"}""")]
    [InlineData("""{"stamp":"7.3.12.9000""")]
    [InlineData("""{"stamp":"a.b.c.d"}""")]
    [InlineData("""{"stamp":"7,3,12,9000"}""")]
    public void What_is_none_is_skipped(string message)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(message);

        Assert.False(Stamp.TryFindNext(ref rest, out _));
    }
}
