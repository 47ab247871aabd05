using System.Net.WebSockets;
using System.Text;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.WebSockets;

public sealed class WebSocketFrameWriterTests
{
    [Theory]
    [InlineData(0, "8100")]
    [InlineData(125, "817d")]
    [InlineData(126, "817e007e")]
    [InlineData(65_535, "817effff")]
    [InlineData(65_536, "817f0000000000010000")]
    public void Headers_have_their_shortest_form(int length, string hex)
    {
        byte[] payload = new byte[length];
        byte[] frame = Bytes.Of(o => WebSocketFrameWriter.Write(o, WebSocketOpcode.Text, payload));
        int headerLength = WebSocketFrameWriter.HeaderLength(length);
        Assert.Equal(hex, Convert.ToHexStringLower(frame.AsSpan(0, headerLength)));
        Assert.Equal(headerLength + length, frame.Length);

        byte[] encodedBefore = new byte[WebSocketFrameWriter.HeaderBytesMax + length];
        int start = WebSocketFrameWriter.WriteHeaderBefore(encodedBefore, WebSocketOpcode.Text);
        Assert.Equal(frame, encodedBefore[start..]);
    }

    // RFC 6455, section 5.7.
    [Fact]
    public void The_examples_of_the_rfc_are_written_alike()
    {
        byte[] hello = "Hello"u8.ToArray();
        Assert.Equal("810548656c6c6f", Hex(Bytes.Of(o => WebSocketFrameWriter.Write(o, WebSocketOpcode.Text, hello))));
        Assert.Equal(
            "818537fa213d7f9f4d5158",
            Hex(Bytes.Of(o => WebSocketFrameWriter.WriteMasked(o, WebSocketOpcode.Text, hello, 0x37fa213d))));
        Assert.Equal("890548656c6c6f", Hex(Bytes.Of(o => WebSocketFrameWriter.WritePing(o, hello))));
        Assert.Equal("8a0548656c6c6f", Hex(Bytes.Of(o => WebSocketFrameWriter.WritePong(o, hello))));
    }

    [Fact]
    public void A_close_frame_has_code_and_reason()
    {
        Assert.Equal("880603f462c3a421", Hex(Bytes.Of(o => WebSocketFrameWriter.WriteClose(o, 1012, "bä!"))));
        Assert.Equal("88021130", Hex(Bytes.Of(o => WebSocketFrameWriter.WriteClose(o, 4400, ""))));
        Assert.Equal(
            "88820000000003e8", Hex(Bytes.Of(o => WebSocketFrameWriter.WriteMaskedClose(o, 1000, "", 0))));
    }

    [Theory]
    [InlineData("x", 123)]
    [InlineData("ä", 122)]
    [InlineData("€", 123)]
    [InlineData("😀", 120)]
    public void A_long_reason_is_cut_between_characters(string character, int bytes)
    {
        string reason = string.Concat(Enumerable.Repeat(character, 200));
        byte[] frame = Bytes.Of(o => WebSocketFrameWriter.WriteClose(o, 1000, reason));
        Assert.Equal(2 + 2 + bytes, frame.Length);
        int characters = bytes / Encoding.UTF8.GetByteCount(character);
        Assert.Equal(reason[..(character.Length * characters)], Encoding.UTF8.GetString(frame[4..]));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_reason_becomes_a_replacement_character() =>
        Assert.Equal("880503e8efbfbd", Hex(Bytes.Of(o => WebSocketFrameWriter.WriteClose(o, 1000, "\ud83d"))));

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(5000)]
    public void A_code_that_may_not_be_on_the_wire_is_the_callers_error(int code) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Bytes.Of(o => WebSocketFrameWriter.WriteClose(o, code, "")));

    [Fact]
    public void A_control_frame_is_at_most_125_bytes()
    {
        Assert.Equal(127, Bytes.Of(o => WebSocketFrameWriter.WritePing(o, new byte[125])).Length);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Bytes.Of(o => WebSocketFrameWriter.WritePing(o, new byte[126])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(70_000)]
    public async Task Another_implementation_reads_what_is_written(int length)
    {
        byte[] payload = RandomBytes(length);
        byte[] server = Bytes.Of(o =>
        {
            WebSocketFrameWriter.Write(o, WebSocketOpcode.Binary, payload);
            WebSocketFrameWriter.WriteClose(o, 4413, "too large");
        });
        byte[] client = Bytes.Of(o =>
        {
            WebSocketFrameWriter.WriteMasked(o, WebSocketOpcode.Binary, payload, 0xdeadbeef);
            WebSocketFrameWriter.WriteMaskedClose(o, 4413, "too large", 0x01020304);
        });
        await AssertReads(server, isServer: false, payload);
        await AssertReads(client, isServer: true, payload);
    }

    private static async Task AssertReads(byte[] frames, bool isServer, byte[] payload)
    {
        // The stream must be writable too: the other implementation answers the close.
        var stream = new MemoryStream();
        stream.Write(frames);
        stream.Position = 0;
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = isServer });
        byte[] read = new byte[payload.Length + 1];
        int length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(read.AsMemory(length), CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage);

        Assert.Equal(payload, read[..length]);
        await socket.ReceiveAsync(read.AsMemory(), CancellationToken.None);
        Assert.Equal((4413, "too large"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
