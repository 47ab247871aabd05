using System.Buffers;
using Realtime.Loadtests.Viewers.Plain;
using Realtime.Protocol.WebSockets;

namespace Realtime.Tests.Loadtests.Bench;

public class ServerFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Frames_are_read_one_after_the_other_and_only_when_they_are_whole(int length)
    {
        var written = new ArrayBufferWriter<byte>();
        byte[] payload = [.. Enumerable.Range(0, length).Select(n => (byte)n)];
        WebSocketFrameWriter.Write(written, WebSocketOpcode.Text, payload);
        int whole = written.WrittenCount;
        WebSocketFrameWriter.WritePing(written, "x"u8);

        for (int cut = 0; cut < whole; cut += Math.Max(1, whole / 50))
        {
            ReadOnlySpan<byte> part = written.WrittenSpan[..cut];
            Assert.False(ServerFrame.TryRead(ref part, out _));
            Assert.Equal(cut, part.Length);
        }

        ReadOnlySpan<byte> rest = written.WrittenSpan;
        Assert.True(ServerFrame.TryRead(ref rest, out ServerFrame frame));
        Assert.Equal((WebSocketOpcode.Text, true), (frame.Opcode, frame.IsFinal));
        Assert.Equal(payload, frame.Payload.ToArray());
        Assert.True(ServerFrame.TryRead(ref rest, out frame));
        Assert.Equal(WebSocketOpcode.Ping, frame.Opcode);
        Assert.True(rest.IsEmpty);
    }
}
