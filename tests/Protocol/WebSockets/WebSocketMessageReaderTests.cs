using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;
using static Realtime.Tests.Protocol.WebSockets.WebSocketInput;

namespace Realtime.Tests.Protocol.WebSockets;

public sealed class WebSocketMessageReaderTests
{
    private static readonly WebSocketReaderOptions Small = new() { MessageBytesMax = 128, FragmentsMax = 3 };

    // A text in three fragments with a ping and a pong between them, an empty one, bytes, and the close.
    private static readonly byte[] Conversation =
    [
        .. Frame(0x01, "Hé"), .. Frame(0x89, "p1"), .. Frame(0x00, "l"), .. Frame(0x8a, ""), .. Frame(0x80, "lo"),
        .. Frame(0x81, ""), .. Frame(0x82, new string('x', 300)), .. Masked(0x88, [0x03, 0xe8, .. "bye"u8]),
    ];

    private static readonly string[] ConversationRead =
        ["Ping p1", "Pong ", "Text Héllo", "Text ", $"Binary {new string('x', 300)}", "Close 1000 bye", "EndOfStream "];

    [Fact]
    public async Task Messages_are_assembled_around_control_frames()
    {
        Assert.Equal(ConversationRead, await ReadAll([Conversation]));

        // Cut into two at every byte, and into single bytes.
        for (int cut = 1; cut < Conversation.Length; cut++)
        {
            Assert.Equal(ConversationRead, await ReadAll([Conversation[..cut], Conversation[cut..]]));
        }

        Assert.Equal(ConversationRead, await ReadAll([.. Conversation.Select(b => new[] { b })]));
    }

    [Fact]
    public async Task What_is_cut_off_is_no_message()
    {
        byte[] frame = Frame(0x81, new string('x', 200));
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.Equal(["EndOfStream "], await ReadAll([frame[..length]]));
        }
    }

    [Theory]
    [InlineData("8180 00000000", "Text ")]
    [InlineData("8185 37fa213d 7f9f4d5158", "Text Hello")]
    [InlineData("8880 00000000", "Close 1005 ")]
    [InlineData("8882 00000000 03e8", "Close 1000 ")]
    [InlineData("8882 00000000 0bb8", "Close 3000 ")]
    [InlineData("c180 00000000", "Violation 1002 a reserved bit is set")]
    [InlineData("a180 00000000", "Violation 1002 a reserved bit is set")]
    [InlineData("9180 00000000", "Violation 1002 a reserved bit is set")]
    [InlineData("8380 00000000", "Violation 1002 unknown opcode")]
    [InlineData("8780 00000000", "Violation 1002 unknown opcode")]
    [InlineData("8b80 00000000", "Violation 1002 unknown opcode")]
    [InlineData("8f80 00000000", "Violation 1002 unknown opcode")]
    [InlineData("8100", "Violation 1002 a frame is not masked")]
    [InlineData("0980 00000000", "Violation 1002 a control frame is fragmented")]
    [InlineData("89fe 007e 00000000", "Violation 1002 a control frame is longer than 125 bytes")]
    [InlineData("8080 00000000", "Violation 1002 a continuation without a beginning")]
    [InlineData("0180 00000000 8180 00000000", "Violation 1002 a new message inside a fragmented one")]
    [InlineData("81fe 007d 00000000", "Violation 1002 the length is not in its shortest form")]
    [InlineData("81ff 000000000000ffff 00000000", "Violation 1002 the length is not in its shortest form")]
    [InlineData("81ff 8000000000000000 00000000", "Violation 1002 the length is not in its shortest form")]
    [InlineData("81ff 7fffffffffffffff 00000000", "Violation 4413 a message is larger than 128 bytes")]
    [InlineData("82fe 0081 00000000", "Violation 4413 a message is larger than 128 bytes")]
    [InlineData("0181 00000000 61 00fe 0080 00000000", "Violation 4413 a message is larger than 128 bytes")]
    [InlineData("0180 00000000 0080 00000000 0080 00000000 0080 00000000",
        "Violation 4413 a message has more than 3 fragments")]
    [InlineData("8181 00000000 ff", "Violation 1007 a text message is not UTF-8")]
    [InlineData("8183 00000000 eda080", "Violation 1007 a text message is not UTF-8")]
    [InlineData("0181 00000000 c3 8081 00000000 28", "Violation 1007 a text message is not UTF-8")]
    [InlineData("8881 00000000 03", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 03e7", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 03ec", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 03ed", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 03ee", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 03f7", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 07d0", "Violation 1002 a close frame has no valid code")]
    [InlineData("8882 00000000 1388", "Violation 1002 a close frame has no valid code")]
    [InlineData("8883 00000000 03e8ff", "Violation 1007 the reason of a close frame is not UTF-8")]
    public async Task Each_rule_has_its_answer(string hex, string expected)
    {
        byte[] bytes = Bytes.FromHex(hex);
        Assert.Equal(expected, (await ReadAll([bytes], Small))[0]);
        Assert.Equal(expected, (await ReadAll([.. bytes.Select(b => new[] { b })], Small))[0]);
    }

    [Fact]
    public async Task Nothing_follows_a_close_or_a_violation()
    {
        byte[] after = Frame(0x81, "late");
        Assert.Equal(["Close 1005 ", "EndOfStream "], await ReadAll([[.. Frame(0x88, ""), .. after]]));
        Assert.Equal(
            ["Violation 1002 unknown opcode", "EndOfStream "], await ReadAll([[.. Bytes.FromHex("8380"), .. after]]));
    }

    [Fact]
    public async Task A_message_of_just_the_limit_passes()
    {
        byte[] bytes = [.. Frame(0x02, new string('x', 100)), .. Frame(0x00, ""), .. Frame(0x80, new string('y', 28))];
        Assert.StartsWith("Binary xxx", (await ReadAll([bytes], Small))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_forbids_masks()
    {
        WebSocketReaderOptions client = Small with { PeerMasks = false };
        byte[] frame = Bytes.Of(o => WebSocketFrameWriter.Write(o, WebSocketOpcode.Text, "hi"u8));
        Assert.Equal("Text hi", (await ReadAll([frame], client))[0]);
        Assert.Equal("Violation 1002 a frame is masked", (await ReadAll([Frame(0x81, "hi")], client))[0]);
    }

    [Fact]
    public async Task A_payload_stays_until_the_next_read()
    {
        byte[] frames = [.. Frame(0x81, "one"), .. Frame(0x89, "two"), .. Frame(0x81, "three")];
        using var reader = new WebSocketMessageReader(PipeReader.Create(new(frames)), Small);
        foreach (string expected in new[] { "one", "two", "three" })
        {
            WebSocketRead read = await reader.ReadAsync(CancellationToken.None);
            Assert.Equal(expected, Encoding.UTF8.GetString(read.Payload.Span));
        }
    }

    [Fact]
    public async Task A_cancelled_read_may_go_on()
    {
        var pipe = new Pipe();
        using var reader = new WebSocketMessageReader(pipe.Reader, Small);
        byte[] frame = Frame(0x81, "whole");
        await pipe.Writer.WriteAsync(frame.AsMemory(0, 8));

        using var cancelled = new CancellationTokenSource();
        ValueTask<WebSocketRead> waiting = reader.ReadAsync(cancelled.Token);
        Assert.False(waiting.IsCompleted);
        await cancelled.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiting);

        waiting = reader.ReadAsync(CancellationToken.None);
        pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiting);

        await pipe.Writer.WriteAsync(frame.AsMemory(8));
        WebSocketRead read = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal("whole", Encoding.UTF8.GetString(read.Payload.Span));
    }

    [Fact]
    public async Task What_another_implementation_writes_is_read()
    {
        var stream = new MemoryStream();
        using (var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false }))
        {
            await socket.SendAsync("Hé"u8.ToArray(), WebSocketMessageType.Text, false, CancellationToken.None);
            await socket.SendAsync("llo"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.SendAsync(new byte[40_000], WebSocketMessageType.Binary, true, CancellationToken.None);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }

        string[] read = await ReadAll([stream.ToArray()]);
        Assert.Equal(["Text Héllo", "Binary " + new string('\0', 40_000), "Close 1000 bye", "EndOfStream "], read);
    }

    [Fact]
    public async Task Random_damage_and_random_cuts_never_throw()
    {
        var random = new Random(17);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] damaged = Mutation.Of(Conversation, random);
            string[] read = await ReadAll(Cut(damaged, random), Small with { MessageBytesMax = 1_000 });
            Assert.Equal("EndOfStream ", read[^1]);

            // However the bytes were cut, the answers are the same.
            Assert.Equal(read, await ReadAll(Cut(damaged, random), Small with { MessageBytesMax = 1_000 }));
        }
    }
}
