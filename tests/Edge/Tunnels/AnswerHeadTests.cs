using System.Text;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>What a worker answers is read to the letter, or is no answer.</summary>
public sealed class AnswerHeadTests(ITestOutputHelper output)
{
    private const string Good =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nupgrade:websocket\r\n"
        + "X-A: \t a b\t \r\nX-B:\r\n\r\n";

    [Fact]
    public void It_is_read_with_its_headers_as_they_stand()
    {
        Assert.True(AnswerHead.TryParse(Bytes(Good), out AnswerHead? answer));

        Assert.Equal(101, answer.Status);
        Assert.Equal(
            new KeyValuePair<string, string>[]
            {
                new("Connection", "Upgrade"), new("upgrade", "websocket"), new("X-A", "a b"), new("X-B", ""),
            },
            answer.Headers.AsEnumerable());
        Assert.Equal("websocket", answer.Single("Upgrade"));
        Assert.True(answer.Has("x-b"));
        Assert.Null(answer.Single("X-C"));
    }

    [Fact]
    public void Of_two_values_there_is_no_single_one()
    {
        Assert.True(AnswerHead.TryParse(Bytes("HTTP/1.1 200 \r\nA: 1\r\na: 2\r\n\r\n"), out AnswerHead? answer));
        Assert.Null(answer.Single("A"));
    }

    [Theory]
    [InlineData("HTTP/1.0 101 x\r\n\r\n")]
    [InlineData("HTTP/2 101 x\r\n\r\n")]
    [InlineData("http/1.1 101 x\r\n\r\n")]
    [InlineData("HTTP/1.1  101 x\r\n\r\n")]
    [InlineData("HTTP/1.1 101\r\n\r\n")]
    [InlineData("HTTP/1.1 10 x\r\n\r\n")]
    [InlineData("HTTP/1.1 1011 x\r\n\r\n")]
    [InlineData("HTTP/1.1 +10 x\r\n\r\n")]
    [InlineData("HTTP/1.1 099 x\r\n\r\n")]
    [InlineData("HTTP/1.1 600 x\r\n\r\n")]
    [InlineData("HTTP/1.1 101 a\0b\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA b: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA : 1\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\n A: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: 1\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\n: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: 1\nB: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: 1\rB: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: \u0000\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: \u007f\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: \u00e4\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: 1\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 101 x\r\nA: 1\r\n\r\nB: 2\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 101 x\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("")]
    public void What_is_not_to_the_letter_is_none(string head) =>
        Assert.False(AnswerHead.TryParse(Bytes(head), out _));

    [Fact]
    public void Cut_anywhere_it_has_no_end_and_is_none()
    {
        byte[] whole = Bytes(Good);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(-1, AnswerHead.EndOf(whole.AsSpan(0, length)));
            Assert.False(AnswerHead.TryParse(whole.AsSpan(0, length), out _));
        }

        Assert.Equal(whole.Length, AnswerHead.EndOf([.. whole, .. "behind it\r\n\r\n"u8]));
    }

    [Fact]
    public void Its_size_and_the_number_of_its_headers_are_limited()
    {
        static byte[] Of(int headers, int filling) => Bytes(
            "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, headers).Select(i => $"X-{i}: a\r\n"))
            + $"X: {new string('a', filling)}\r\n\r\n");

        Assert.True(AnswerHead.TryParse(Of(AnswerHead.HeadersMax - 1, 1), out _));
        Assert.False(AnswerHead.TryParse(Of(AnswerHead.HeadersMax, 1), out _));
        int room = AnswerHead.BytesMax - Of(0, 0).Length;
        Assert.True(AnswerHead.TryParse(Of(0, room), out _));
        Assert.False(AnswerHead.TryParse(Of(0, room + 1), out _));
    }

    [Fact]
    public void Damaged_answers_are_read_or_none_and_nothing_in_them_ends_a_line() => Fuzzing.Run(output, random =>
    {
        byte[] damaged = Mutation.Of(Bytes(Good), random);
        int end = AnswerHead.EndOf(damaged);
        if (end < 0 || !AnswerHead.TryParse(damaged.AsSpan(0, end), out AnswerHead? answer))
        {
            return;
        }

        Assert.InRange(answer.Status, 100, 599);
        string written = $"HTTP/1.1 {answer.Status} x\r\n"
            + string.Concat(answer.Headers.Select(one => $"{one.Key}: {one.Value}\r\n")) + "\r\n";
        Assert.True(AnswerHead.TryParse(Bytes(written), out AnswerHead? again), written);
        Assert.Equal(answer.Headers.AsEnumerable(), again.Headers.AsEnumerable());
    });

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
