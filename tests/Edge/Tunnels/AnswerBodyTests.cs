using System.Buffers;
using System.Text;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>Where the body of a refusal ends is told in one way, or it is none.</summary>
public sealed class AnswerBodyTests(ITestOutputHelper output)
{
    private const string Chunked = "Transfer-Encoding: chunked";

    [Theory]
    [InlineData("Content-Length: 5", "hello", false, "hello")]
    [InlineData("Content-Length: 0", "", false, "")]
    [InlineData(Chunked, "5\r\nhello\r\n0\r\n\r\n", false, "hello")]
    [InlineData(Chunked, "00005\r\nhello\r\nA\r\n, all here\r\n0\r\n\r\n", false, "hello, all here")]
    [InlineData("transfer-encoding: Chunked", "0\r\n\r\n", false, "")]
    [InlineData("X: 1", "hello", true, "hello")]
    public void It_is_read(string header, string sent, bool isEnded, string body)
    {
        Assert.Equal(OperationStatus.Done, Read(header, sent, isEnded, out string read));
        Assert.Equal(body, read);
        if (!isEnded)
        {
            for (int length = 0; length < sent.Length; length++)
            {
                Assert.Equal(OperationStatus.NeedMoreData, Read(header, sent[..length], false, out _));
                Assert.Equal(OperationStatus.InvalidData, Read(header, sent[..length], true, out _));
            }
        }
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", "hello")]
    [InlineData("Content-Length: 5, 5", "hello")]
    [InlineData("Content-Length: +5", "hello")]
    [InlineData("Content-Length: -1", "")]
    [InlineData("Content-Length: 65537", "")]
    [InlineData("Content-Length: 99999999999999999999", "")]
    [InlineData("Content-Length: 5", "hello and more")]
    [InlineData(Chunked + "\r\nContent-Length: 5", "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked + "\r\n" + Chunked, "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: gzip", "hello")]
    [InlineData("Transfer-Encoding: gzip, chunked", "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked, "5;a=b\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked, "-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked, "\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked, "zz\r\nhello\r\n0\r\n\r\n")]
    [InlineData(Chunked, "fffff\r\n")]
    [InlineData(Chunked, "5\r\nhelloXX0\r\n\r\n")]
    [InlineData(Chunked, "0\r\nTrailer: 1\r\n\r\n")]
    [InlineData(Chunked, "0\r\n\r\nmore")]
    public void What_can_be_read_in_two_ways_is_none(string header, string sent) =>
        Assert.Equal(OperationStatus.InvalidData, Read(header, sent, false, out _));

    [Fact]
    public void Its_size_is_limited_however_it_is_sent()
    {
        string full = new('a', AnswerBody.BytesMax);
        Assert.Equal(OperationStatus.Done, Read($"Content-Length: {full.Length}", full, false, out _));
        Assert.Equal(OperationStatus.Done, Read("X: 1", full, true, out _));
        Assert.Equal(OperationStatus.InvalidData, Read("X: 1", full + "a", false, out _));
        string half = $"8000\r\n{full[..0x8000]}\r\n";
        Assert.Equal(OperationStatus.Done, Read(Chunked, $"{half}{half}0\r\n\r\n", false, out _));
        Assert.Equal(OperationStatus.InvalidData, Read(Chunked, $"{half}{half}1\r\n", false, out _));
        string many = string.Concat(Enumerable.Repeat("1\r\na\r\n", AnswerBody.SentBytesMax / 6 + 1));
        Assert.Equal(OperationStatus.InvalidData, Read(Chunked, many, false, out _));
    }

    [Fact]
    public void Damaged_bodies_are_read_or_none_and_never_longer_than_what_was_sent() => Fuzzing.Run(output, random =>
    {
        byte[] damaged = Mutation.Of("5\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n"u8, random);
        OperationStatus status = AnswerBody.TryRead(Head(Chunked), damaged, random.Next(2) == 0, out byte[] body);
        Assert.NotEqual(OperationStatus.DestinationTooSmall, status);
        Assert.True(status == OperationStatus.Done ? body.Length < damaged.Length : body.Length == 0);
    });

    private static OperationStatus Read(string header, string sent, bool isEnded, out string body)
    {
        OperationStatus status = AnswerBody.TryRead(
            Head(header), Encoding.ASCII.GetBytes(sent), isEnded, out byte[] bytes);
        body = Encoding.ASCII.GetString(bytes);
        return status;
    }

    private static AnswerHead Head(string header) =>
        AnswerHead.TryParse(Encoding.ASCII.GetBytes($"HTTP/1.1 429 x\r\n{header}\r\n\r\n"), out AnswerHead? head)
            ? head
            : throw new InvalidOperationException("The test's head is none.");
}
