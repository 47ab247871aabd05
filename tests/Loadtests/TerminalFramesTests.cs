using System.Buffers;
using System.Text;
using Realtime.Loadtests.Terminals;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Tests.Loadtests;

public class TerminalFramesTests
{
    private readonly List<string> _read = [];

    private static TerminalMessage Message => new()
    {
        Id = "default",
        Task = "t1",
        Epoch = Epoch.Parse("k3x9qa"),
        Offset = 4096,
        Data = "hello"u8.ToArray(),
        Stream = "stdout",
    };

    [Fact]
    public void Messages_of_MessagePack_are_read()
    {
        Assert.True(MessagePackFrames.Read(MessagePack(Message), Take));
        Assert.True(MessagePackFrames.Read(
            MessagePack(Message with { Data = new byte[] { 1, 2, 3 }, DecompressedLength = 300 }), Take));
        Assert.True(MessagePackFrames.Read(
            FromJson("""{"op":"subscribed","id":"term","task":"t1","epoch":"k3x9qa","offset":4096,"size":"""
                + """{"cols":80,"rows":24}}"""),
            Take));

        Assert.Equal(
            [
                "Terminal 4096+5 Raw 68656C6C6F k3x9qa -1", "Terminal 4096+300 Lz4 010203 k3x9qa -1",
                "Subscribed 4096+0 Raw  k3x9qa -1",
            ],
            _read);
    }

    [Fact]
    public void Messages_of_JSON_are_read()
    {
        Assert.True(JsonFrames.Read(
            """{"op":"terminal","id":"default","task":"t1","epoch":"k3x9qa","offset":4096,"length":"""u8
                + """5,"data":"aGVsbG8=","encoding":"base64","stream":"stdout"}"""u8,
            Take));
        Assert.True(JsonFrames.Read(
            """{"op":"terminal","id":"default","task":"t1","epoch":"k3x9qa","offset":4096,"length":"""u8
                + """32,"data":"H2EBAAdQYWFhYWE=","encoding":"lz4+base64","stream":"stderr","end":{"exit_code":0}}"""u8,
            Take));

        Assert.Equal(
            [
                $"Terminal 4096+5 Base64 {Convert.ToHexString("aGVsbG8="u8)} k3x9qa -1",
                $"Terminal 4096+32 Lz4Base64 {Convert.ToHexString("H2EBAAdQYWFhYWE="u8)} k3x9qa -1",
            ],
            _read);
    }

    [Fact]
    public void Several_messages_of_a_frame_are_read_in_their_order()
    {
        const string Frame =
            """[{"op":"welcome","limits":{"offset":7}},{"op":"gap","id":"term","task":"t1","after":"0","""
            + """
            "resumes_at":"1048576.k3x9qa","missing":1048576,"reason":"retention"},
            """
            + """{"op":"error","code":"not_found"},{"op":"pong"}]""";

        Assert.True(JsonFrames.Read(Encoding.UTF8.GetBytes(Frame), Take));
        Assert.True(MessagePackFrames.Read(FromJson(Frame), Take));

        Assert.Equal(
            ["Welcome", "Gap", "Error", "Other", "Welcome", "Gap", "Error", "Other"],
            _read.Select(read => read.Split(' ')[0]));
        Assert.EndsWith(" 1048576", _read[1], StringComparison.Ordinal);
        Assert.EndsWith(" 1048576", _read[5], StringComparison.Ordinal);
        Assert.StartsWith("Welcome 0+0 ", _read[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_is_cut_off_anywhere_is_damaged()
    {
        byte[] whole = MessagePack(Message);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(MessagePackFrames.Read(whole.AsSpan(0, length), static (in ReceivedMessage _) => { }));
        }

        Assert.False(JsonFrames.Read("""{"op":"terminal","offset":4"""u8, static (in ReceivedMessage _) => { }));
        Assert.False(JsonFrames.Read("[]]"u8, static (in ReceivedMessage _) => { }));
    }

    private static byte[] MessagePack(TerminalMessage message)
    {
        var frame = new ArrayBufferWriter<byte>();
        ServerMessagePack.WriteTerminal(frame, message);
        return frame.WrittenSpan.ToArray();
    }

    private static byte[] FromJson(string json)
    {
        var frame = new ArrayBufferWriter<byte>();
        ServerMessagePack.Write(frame, Encoding.UTF8.GetBytes(json));
        return frame.WrittenSpan.ToArray();
    }

    private void Take(in ReceivedMessage message) => _read.Add(
        $"{message.Kind} {message.Offset}+{message.Length} {message.Coding} {Convert.ToHexString(message.Data)} "
        + $"{Encoding.ASCII.GetString(message.Epoch)} {message.ResumesAtOffset}");
}
