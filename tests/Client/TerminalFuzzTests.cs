using System.Globalization;
using System.Text;
using Realtime.Client;
using Realtime.Client.Subscriptions;
using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Client;

/// <summary>
/// Terminals of a server that means no good: whatever it says is taken or against the protocol, in bounded memory, and
/// places stay where they can be.
/// </summary>
public sealed class TerminalFuzzTests(ITestOutputHelper output)
{
    private const int FrameBytesMax = 1024 * 1024;

    private static readonly string[] Numbers =
    [
        "0", "1", "5", "-1", "4096", "9007199254740990", "9007199254740991", "9007199254740992", "9223372036854775807",
        "-9223372036854775808", "-9223372036854771713", "1.5", "1e300", "\"5\"", "null", "[]", "{}", "true",
    ];

    private static readonly string[] Epochs = ["\"k3x9qa\"", "\"k3x9qa\"", "\"k3x9qa\"", "\"zz81mm\"", "7", "null"];

    private static readonly string[] Datas = ["\"aGVsbG8=\"", "\"%\"", "null", "5", "[]"];

    private static readonly string[] Starts = ["0", "4096", "9007199254740991"];

    private static readonly string[] Shapes =
    [
        """{"op":"terminal","id":"t1","task":"t","epoch":E,"offset":N,"length":N,"data":D,"encoding":"base64"}""",
        """{"op":"terminal","id":"t1","task":"t","epoch":E,"offset":N,"length":5,"data":"aGVsbG8="}""",
        """{"op":"terminal","id":"t1","epoch":E,"offset":N,"length":0,"resize":{"cols":N,"rows":N}}""",
        """{"op":"terminal","id":"t1","epoch":"k3x9qa","offset":0,"length":0,"resize":N,"end":{"exit_code":N}}""",
        """{"op":"terminal","id":"t1","epoch":"k3x9qa","offset":0,"length":0,"data":"","end":N}""",
        """{"op":"gap","id":"t1","after":"0","resumes_at":"P","missing":N,"reason":"retention"}""",
        """{"op":"subscribed","id":"t1","epoch":E,"offset":N,"size":{"cols":N,"rows":N}}""",
    ];

    [Fact]
    public void Nothing_but_the_protocols_error_comes_of_what_cannot_be()
    {
        (int taken, int refused) = (0, 0);
        Fuzzing.Run(output, random =>
        {
            (FeedFixture server, _) = Watching(Starts[random.Next(Starts.Length)]);
            for (int i = 0; i < 8; i++)
            {
                string json = Json(random);
                try
                {
                    if (random.Next(2) == 0)
                    {
                        server.Say(json);
                    }
                    else
                    {
                        server.Say(MessagePackJson.FromJson(json).AsSpan());
                    }

                    taken++;
                }
                catch (RealtimeException violation) when (violation.Code == ClientErrorCodes.Protocol)
                {
                    refused++;
                    break;
                }
                catch (Exception failure)
                {
                    Assert.Fail($"{json}: {failure}");
                }

                server.Sent();
            }

            server.Break();
            string? from = server.Sent().SingleOrDefault()?["from"]!.GetValue<string>();
            Assert.True(
                from is null || (TerminalFrom.TryParse(from, out TerminalFrom place) && place.Value < 1L << 53), from);
        });
        output.WriteLine($"{taken} taken, {refused} refused.");
    }

    [Theory]
    [InlineData("-9223372036854775808", "5")] // the difference of two places wraps
    [InlineData("-1", "5")]
    [InlineData("9007199254740987", "5")]
    [InlineData("0", "4")]
    [InlineData("0", "-5")]
    [InlineData("0", "5.5")]
    [InlineData("0", "null")]
    [InlineData("1.5", "5")]
    [InlineData("null", "5")]
    public void A_place_or_length_that_cannot_be_is_against_the_protocol(string offset, string length)
    {
        // One that is large goes on where it began, so that it is its end that cannot be.
        (FeedFixture server, _) = Watching(offset.StartsWith("9007", StringComparison.Ordinal) ? offset : "0");
        RealtimeException violation = Assert.Throws<RealtimeException>(() => server.Say(
            $$"""
            {"op":"terminal","id":"t1","epoch":"k3x9qa","offset":{{offset}},"length":{{length}},"data":"aGVsbG8="}
            """));
        Assert.Equal(ClientErrorCodes.Protocol, violation.Code);
    }

    [Fact]
    public void An_end_without_a_code_or_a_size_with_half_of_it_is_against_the_protocol()
    {
        string[] wrongs = ["\"end\":{}", "\"end\":{\"exit_code\":1.5}", "\"end\":3", "\"resize\":{\"cols\":80}"];
        foreach (string wrong in wrongs)
        {
            (FeedFixture server, _) = Watching();
            Assert.Throws<RealtimeException>(() => server.Say(
                $$"""
                {"op":"terminal","id":"t1","epoch":"k3x9qa","offset":0,"length":0,"data":"",{{wrong}}}
                """));
        }
    }

    [Fact]
    public void LZ4_has_one_budget_for_all_of_a_frame_and_each_frame_a_new_one()
    {
        (FeedFixture server, TerminalFeed feed) = Watching();
        server.Say(Zeros(0, 16));
        server.Say(Zeros(16, 16));
        Assert.Equal(ClientErrorCodes.Protocol, Assert.Throws<RealtimeException>(() => server.Say(Zeros(32, 17))).Code);
        Assert.InRange(feed.Buffer.Bytes, 2 * FrameBytesMax, 3 * FrameBytesMax);
    }

    private static (FeedFixture Server, TerminalFeed Feed) Watching(string offset = "0")
    {
        var server = new FeedFixture();
        var feed = new TerminalFeed("t1", "t", new TerminalOptions(), server.Context);
        server.Context.Registry.Add(feed);
        server.Sent();
        server.Say($$"""{"op":"subscribed","id":"t1","task":"t","epoch":"k3x9qa","offset":{{offset}}}""");
        return (server, feed);
    }

    private static string Json(Random random)
    {
        var json = new StringBuilder();
        foreach (char letter in Shapes[random.Next(Shapes.Length)])
        {
            json.Append(letter switch
            {
                'N' => Numbers[random.Next(Numbers.Length)],
                'E' => Epochs[random.Next(Epochs.Length)],
                'D' => Datas[random.Next(Datas.Length)],
                'P' => $"{Numbers[random.Next(10)]}.k3x9qa",
                _ => letter.ToString(CultureInfo.InvariantCulture),
            });
        }

        return json.ToString();
    }

    // So many messages in one frame, each with 64 KiB of zeros in a few hundred bytes of LZ4: one literal, a match of
    // 65,530 = 4 + 15 + 255 x 256 + 231, five literals.
    private static ReadOnlySpan<byte> Zeros(int first, int count)
    {
        byte[] block = [0x1f, 0, 1, 0, .. Enumerable.Repeat((byte)0xff, 256), 231, 0x50, 0, 0, 0, 0, 0];
        return Bytes.Of(o =>
        {
            MessagePackWriter.WriteArrayHeader(o, count);
            for (int i = 0; i < count; i++)
            {
                MessagePackWriter.WriteMapHeader(o, 6);
                foreach ((string key, string value) in
                    new[] { ("op", "terminal"), ("id", "t1"), ("epoch", "k3x9qa") })
                {
                    MessagePackWriter.WriteString(o, key);
                    MessagePackWriter.WriteString(o, value);
                }

                MessagePackWriter.WriteString(o, "offset");
                MessagePackWriter.WriteInteger(o, (first + i) * 65_536L);
                MessagePackWriter.WriteString(o, "length");
                MessagePackWriter.WriteInteger(o, 65_536);
                MessagePackWriter.WriteString(o, "data");
                Lz4Extension.Write(o, 65_536, block);
            }
        });
    }
}
