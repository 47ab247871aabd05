using Realtime.Loadtests.Terminals;

namespace Realtime.Tests.Loadtests;

public class TerminalContentTests
{
    private static readonly byte[] Output = [.. Enumerable.Range(0, 1000).Select(n => (byte)(n * 7))];

    [Theory]
    [InlineData(0, 0, 10, 0)]
    [InlineData(1, 0, 10, 500)]
    [InlineData(1, 499, 3, 999)]
    [InlineData(0, 3_000_000_001, 5, 1)]
    public void A_byte_of_a_terminal_is_known_by_its_offset(int terminal, long offset, int length, int at)
    {
        var content = new TerminalContent(Output, 2);

        byte[] expected = [.. Enumerable.Range(at, length).Select(n => Output[n % Output.Length])];

        Assert.Equal(expected, content.Slice(terminal, offset, length).ToArray());
        Assert.True(content.Holds(terminal, offset, expected));
    }

    [Fact]
    public void A_slice_may_be_longer_than_the_output()
    {
        byte[] slice = new TerminalContent(Output, 1).Slice(0, 900, TerminalContent.SliceBytesMax).ToArray();

        Assert.Equal(Output[(900 + TerminalContent.SliceBytesMax - 1) % 1000], slice[^1]);
        Assert.Equal(Output[0], slice[100]);
    }

    [Fact]
    public void Other_bytes_are_seen()
    {
        var content = new TerminalContent(Output, 1);
        byte[] bytes = content.Slice(0, 10, 20).ToArray();
        bytes[7] ^= 1;

        Assert.False(content.Holds(0, 10, bytes));
        Assert.False(content.Holds(0, 11, content.Slice(0, 10, 20).Span));
    }
}
