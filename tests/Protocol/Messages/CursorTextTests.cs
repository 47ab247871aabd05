using System.Collections.Immutable;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Messages;

public sealed class CursorTextTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("")]
    [InlineData("0:0-0.000000")]
    [InlineData("3:1795230320701-12.k3x9qa,0:1-1.zzzzzz,1023:9223372036854775807-9223372036854775807.aaaaaa")]
    public void A_cursor_comes_back_as_it_was_written(string text)
    {
        Assert.True(CursorText.TryParse(text, out ImmutableArray<EventPosition> cursor, out _));
        Assert.Equal(text, CursorText.Format(cursor));
        Assert.Equal(text, Bytes.TextOf(output => CursorText.Write(output, cursor)));
    }

    [Theory]
    [InlineData(",", "item 1 must be a position")]
    [InlineData("3:1-1.aaaaaa,", "item 2 must be a position")]
    [InlineData("3:1-1.aaaaaa, 4:1-1.aaaaaa", "item 2 must be a position")]
    [InlineData("3:1-1.aaaaaa,3:1-1.bbbbbb", "two positions for partition 3")]
    [InlineData("1024:1-1.aaaaaa", "item 1 must be a position")]
    [InlineData("03:1-1.aaaaaa", "item 1 must be a position")]
    [InlineData("3:1-1.AAAAAA", "item 1 must be a position")]
    [InlineData("3:9223372036854775808-1.aaaaaa", "item 1 must be a position")]
    [InlineData("3:-1-1.aaaaaa", "item 1 must be a position")]
    [InlineData("3:1\0-1.aaaaaa", "item 1 must be a position")]
    [InlineData("3:1-1", "item 1 must be a position")]
    public void What_is_no_cursor_is_told_by_its_place(string text, string expected)
    {
        Assert.False(CursorText.TryParse(text, out ImmutableArray<EventPosition> cursor, out string? error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.Empty(cursor);
    }

    [Fact]
    public void Every_partition_fits_and_no_more()
    {
        string all = string.Join(',', Enumerable.Range(0, 1_024).Select(p => $"{p}:1-1.aaaaaa"));
        Assert.True(CursorText.TryParse(all, out ImmutableArray<EventPosition> cursor, out _));
        Assert.Equal(1_024, cursor.Length);
        Assert.False(CursorText.TryParse(all + ",5:1-1.aaaaaa", out _, out _));
        Assert.False(CursorText.TryParse(new string('1', CursorText.LengthMax + 1), out _, out string? error));
        Assert.StartsWith("longer than", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_never_throws_and_what_is_read_is_written_alike()
    {
        byte[] valid = "3:1795230320701-12.k3x9qa,0:1-1.zzzzzz"u8.ToArray();
        Fuzzing.Run(output, random =>
        {
            string text = System.Text.Encoding.Latin1.GetString(Mutation.Of(valid, random));
            if (CursorText.TryParse(text, out ImmutableArray<EventPosition> cursor, out _))
            {
                Assert.Equal(text, CursorText.Format(cursor));
            }
        });
    }
}
