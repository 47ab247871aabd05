using System.Diagnostics;
using System.Text;
using Realtime.Tests.Support;
using Realtime.Workers.Terminals;
using Xunit.Abstractions;

namespace Realtime.Tests.Workers.Terminals;

public sealed class SafePointTests(ITestOutputHelper output)
{
    [Fact]
    public void With_all_before_it_known_every_cut_moves_to_the_next_place_in_ground_and_no_further()
    {
        foreach (OutputSample sample in OutputSample.All)
        {
            for (int cut = 0; cut <= sample.Bytes.Length; cut++)
            {
                int place = SafePoint.Find(sample.Bytes, cut, isBeginning: true);
                Assert.True(place == Expected(sample, 0, cut), $"{sample.Name}, cut at {cut}: {place}");
            }
        }
    }

    [Fact]
    public void Behind_any_escape_every_cut_moves_to_the_next_place_in_ground_and_no_further()
    {
        foreach (OutputSample sample in OutputSample.All)
        {
            // Windows that begin anywhere: what was before them is not seen.
            for (int start = 0; start < sample.Bytes.Length; start += 1 + (sample.Bytes.Length / 12))
            {
                int escape = Array.IndexOf(sample.Bytes, (byte)0x1B, start);
                for (int cut = escape + 1; escape >= 0 && cut <= sample.Bytes.Length; cut++)
                {
                    // A line's end before the escape is believed, which random bytes may belie; not so at the escape.
                    int place = start + SafePoint.Find(sample.Bytes.AsSpan(start), cut - start, isBeginning: false);
                    Assert.True(
                        place == Expected(sample, escape, cut)
                            || sample.Name.StartsWith("random-", StringComparison.Ordinal)
                            || !sample.IsGround[escape],
                        $"{sample.Name}, from {start} cut at {cut}: {place}");
                }
            }
        }
    }

    [Fact]
    public void With_nothing_before_it_every_cut_of_real_output_goes_on_like_the_whole()
    {
        foreach (OutputSample sample in OutputSample.Real)
        {
            for (int cut = 1; cut <= sample.Bytes.Length; cut++)
            {
                ReadOnlySpan<byte> rest = sample.Bytes.AsSpan(cut);
                int place = SafePoint.Find(rest, 0, isBeginning: false);

                // Never behind the next control that begins anew.
                int escape = rest.IndexOf((byte)0x1B);
                Assert.InRange(place, 0, escape < 0 ? rest.Length : escape);
                AssertGoesOnAlike(sample, cut, cut + place);
            }
        }
    }

    [Fact]
    public void With_little_before_it_every_cut_of_real_output_goes_on_like_the_whole()
    {
        foreach (OutputSample sample in OutputSample.Real)
        {
            foreach (int look in (int[])[1, 2, 7, 40])
            {
                for (int cut = look + 1; cut <= sample.Bytes.Length; cut++)
                {
                    int start = cut - look;
                    int place = start + SafePoint.Find(sample.Bytes.AsSpan(start), look, isBeginning: false);
                    AssertGoesOnAlike(sample, start, place);
                }
            }
        }
    }

    [Theory]
    [InlineData("1;32mgreen\nnext\u001b[m", 11)]
    [InlineData("1;32mgreen\u001b[m\n", 10)]
    [InlineData("plain text without an end", 0)]
    [InlineData("itle\u001b\\text\n", 4)]
    [InlineData("#0~~-\n#1~~-\n\u001b\\after\n", 12)]
    [InlineData("tail of a title\u0018text\n", 15)]
    [InlineData("\u0089\u009b31mred", 0)]
    [InlineData("", 0)]
    public void After_a_gap_it_is_the_first_line_or_control(string rest, int expected) =>
        Assert.Equal(expected, SafePoint.Find(Encoding.UTF8.GetBytes(rest), 0, isBeginning: false));

    [Fact]
    public void Without_line_or_control_it_is_the_first_character()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("😀😀");

        Assert.Equal(
            [0, 4, 4, 4, 4],
            Enumerable.Range(0, 5).Select(cut => cut + SafePoint.Find(bytes.AsSpan(cut), 0, false)));
        Assert.Equal(0, SafePoint.Find([0x80, 0x80, 0x80, 0x80], 0, isBeginning: false));
    }

    [Fact]
    public void What_is_unfinished_at_the_end_begins_where_it_began()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("text\n\u001b[1mbold\u001b]0;a title");

        Assert.Equal(13, SafePoint.Find(bytes, bytes.Length, isBeginning: false));
        Assert.Equal(13, SafePoint.Find(bytes, 15, isBeginning: true));
        Assert.Equal(2, SafePoint.Find([0x61, 0x0A, 0xF0, 0x9F], 4, isBeginning: false));
    }

    [Fact]
    public void Whatever_the_bytes_it_is_one_of_their_places_and_soon_found()
    {
        byte[] all = new byte[64 * 1024];
        Fuzzing.Run(output, random =>
        {
            int length = random.Next(random.Next(10) == 0 ? all.Length : 300);
            Span<byte> bytes = all.AsSpan(0, length);
            random.NextBytes(bytes);
            if (random.Next(3) == 0)
            {
                bytes.Replace((byte)0x0A, (byte)0x1B);
            }

            int wanted = random.Next(length + 1);
            bool isBeginning = random.Next(2) == 0;
            var watch = Stopwatch.StartNew();
            int place = SafePoint.Find(bytes, wanted, isBeginning);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
            Assert.InRange(place, 0, length);

            // Before the wanted place only where the whole rest is unfinished.
            if (place < wanted)
            {
                var scanner = default(VtScanner);
                for (int i = place; i < length; i++)
                {
                    scanner.Feed(bytes[i]);
                    Assert.False(scanner.IsSafe && i + 1 >= wanted);
                }
            }
        });
    }

    private static int Expected(OutputSample sample, int from, int cut)
    {
        int next = Array.IndexOf(sample.IsGround, true, cut);
        return next >= 0 ? next : Math.Max(from, Array.LastIndexOf(sample.IsGround, true, cut));
    }

    // A terminal that begins at a place stands in ground wherever one does that saw everything. Right before a control
    // that begins anew it may be another state: that control makes it the same. Where neither line nor control is
    // left, nothing can be known.
    private static void AssertGoesOnAlike(OutputSample sample, int seenFrom, int place)
    {
        const int Telling = 2000;
        if (sample.Bytes.AsSpan(seenFrom).IndexOfAny((byte)0x0A, (byte)0x1B, (byte)0xC2) < 0)
        {
            return;
        }

        string what = $"{sample.Name}, seen from {seenFrom}: {place}";
        int from = place;
        if (!sample.IsGround[place])
        {
            bool isControl = sample.Bytes[place] is 0x1B or 0x18 or 0x1A;
            bool isC1 = sample.Bytes[place] == 0xC2 && sample.Bytes[place + 1] is >= 0x80 and < 0xA0;
            Assert.True(isControl || isC1, what);
            from += isC1 ? 2 : 1;
        }

        var scanner = default(VtScanner);
        for (int i = place; i <= Math.Min(sample.Bytes.Length, place + Telling); i++)
        {
            if (i >= from && scanner.IsSafe != sample.IsGround[i])
            {
                Assert.Fail($"{what}; differs at {i}");
            }

            if (i < sample.Bytes.Length)
            {
                scanner.Feed(sample.Bytes[i]);
            }
        }
    }
}
