using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Realtime.Protocol;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Messages;

/// <summary>Server messages have the same keys, in the same order, in both formats.</summary>
public sealed class ServerMessagePackTests
{
    private static readonly TerminalMessage Terminal = new()
    {
        Id = "default",
        Task = "t1",
        Epoch = Epoch.Parse("k3x9qa"),
        Offset = 4096,
        Data = "hello"u8.ToArray(),
    };

    [Fact]
    public void Every_message_that_the_document_shows_says_the_same()
    {
        foreach (string json in ServerExamples.All)
        {
            byte[] messagePack = Bytes.Of(o => ServerMessagePack.Write(o, Encoding.UTF8.GetBytes(json)));
            Assert.Equal(json, MessagePackJson.ToJson(messagePack));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":1e999}")]
    public void What_is_no_message_is_a_mistake_of_ours(string json) => Assert.ThrowsAny<ArgumentException>(
        () => ServerMessagePack.Write(new ArrayBufferWriter<byte>(), Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_terminal_is_exactly_these_bytes() => Assert.Equal(
        "89a26f70a87465726d696e616ca26964a764656661756c74a47461736ba27431a565706f6368a66b3378397161a66f6666736574cd1000"
        + "a66c656e67746805a464617461c40568656c6c6fa8656e636f64696e67a3726177a673747265616da67374646f7574",
        Convert.ToHexStringLower(Bytes.Of(o => ServerMessagePack.WriteTerminal(o, Terminal))));

    [Theory]
    [InlineData(0, null)]
    [InlineData(5, 0)]
    [InlineData(0, -1)]
    [InlineData(40_000, 137)]
    public void A_terminal_differs_from_its_json_by_data_and_encoding_only(int length, int? exitCode)
    {
        TerminalMessage message = Terminal with
        {
            Offset = 1L << 60,
            Data = Enumerable.Range(0, length).Select(n => (byte)n).ToArray(),
            Stream = "stderr",
            ExitCode = exitCode,
        };
        JsonNode json = JsonNode.Parse(Bytes.Of(o => ServerMessages.WriteTerminal(o, message)))!;
        json["encoding"] = "raw";

        // Binary becomes base64 again on its way into JSON.
        byte[] messagePack = Bytes.Of(o => ServerMessagePack.WriteTerminal(o, message));
        Assert.Equal(
            json.ToJsonString(),
            MessagePackJson.ToJson(messagePack).Replace("+", "\\u002B", StringComparison.Ordinal));
        Assert.InRange(messagePack.Length, length, length + 200);
    }

    [Fact]
    public void A_terminal_is_written_without_allocating()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        ServerMessagePack.WriteTerminal(output, Terminal);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            output.ResetWrittenCount();
            ServerMessagePack.WriteTerminal(output, Terminal);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_cursor_of_all_partitions_fits()
    {
        EventPosition[] cursor =
        [
            .. Enumerable.Range(0, EventPosition.PartitionMax + 1)
                .Select(n => new EventPosition(n, new EntryId(long.MaxValue, long.MaxValue), Terminal.Epoch)),
        ];
        byte[] json = Bytes.Of(o => ServerMessages.WriteCursor(o, "s1", cursor));
        var reader = new MessagePackReader(Bytes.Of(o => ServerMessagePack.Write(o, json)));
        Assert.True(reader.TrySkip(MessagePackLimits.Default) && reader.IsAtEnd);
    }
}
