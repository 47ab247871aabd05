using Realtime.Workers.Terminals;

namespace Realtime.Tests.Workers.Terminals;

public sealed class VtScannerTests
{
    [Fact]
    public void It_stands_in_ground_just_where_a_real_terminal_does()
    {
        Assert.True(OutputSample.All.Count > 200);
        foreach (OutputSample sample in OutputSample.All)
        {
            var scanner = default(VtScanner);
            for (int i = 0; i <= sample.Bytes.Length; i++)
            {
                Assert.True(scanner.IsSafe == sample.IsGround[i], $"{sample.Name}, place {i}");
                if (i < sample.Bytes.Length)
                {
                    scanner.Feed(sample.Bytes[i]);
                }
            }
        }
    }

    [Theory]
    [InlineData("a", "")]
    [InlineData("\u001b[1;31mé", "1 2 3 4 5 6 8")]
    [InlineData("\u001b]0;t\u0007x", "1 2 3 4 5")]
    [InlineData("\u001b]0;t\u001b\\x", "1 2 3 4 5 6")]
    [InlineData("\u001bPq#0\u001b\\", "1 2 3 4 5 6")]
    [InlineData("\u001b_G\n;\u001b\\", "1 2 3 4 5 6")]
    [InlineData("\u001b(B\u001b#8\u001b7", "1 2 4 5 7")]
    [InlineData("\u009b1m", "1 2 3")]
    [InlineData("\u001b[1\u0018m", "1 2 3")]
    [InlineData("😀", "1 2 3")]
    public void Places_inside_of_characters_and_sequences_are_not_safe(string output, string inside)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(output);
        var scanner = default(VtScanner);
        List<int> unsafePlaces = [];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!scanner.IsSafe)
            {
                unsafePlaces.Add(i);
            }

            scanner.Feed(bytes[i]);
        }

        Assert.True(scanner.IsSafe);
        Assert.Equal(inside, string.Join(' ', unsafePlaces));
    }
}
