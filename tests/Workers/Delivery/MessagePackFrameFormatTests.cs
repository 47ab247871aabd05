using System.Text;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>Binary frames whose content says what the JSON says.</summary>
public sealed class MessagePackFrameFormatTests
{
    private static readonly IWireFormat Format = WireFormats.MessagePackFrames;

    [Fact]
    public void Each_format_has_a_place_of_its_own() => Assert.Equal(
        Enumerable.Range(0, WireFormats.Count),
        new[] { WireFormats.JsonFrames, WireFormats.ServerSentEvents, Format }.Select(format => format.Index).Order());

    [Fact]
    public void A_message_is_one_binary_frame()
    {
        byte[] frame = Bytes.Of(o =>
            Format.WriteMessage(o, new ControlMessage("ping", "{\"op\":\"ping\"}"u8.ToArray())));
        Assert.Equal("820981a26f70a470696e67", Convert.ToHexStringLower(frame));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(300)]
    public void Replay_is_one_frame_with_its_header_first(int events)
    {
        ReadyFrame[] frames = [.. Enumerable.Range(1, events).Select(n => Event(n).FrameFor(Format))];
        byte[] header = Bytes.Of(o => ServerMessages.WriteReplay(o, "s1"));

        byte[] frame = Bytes.Of(o => Format.WriteReplay(o, header, frames));

        Assert.Equal(0x82, frame[0]);
        int headerLength = frame[1] switch { 126 => 4, 127 => 10, _ => 2 };
        string json = MessagePackJson.ToJson(frame.AsSpan(headerLength));
        string jsonEvents = string.Join(',', frames.Select(one => MessagePackJson.ToJson(one.Body)));
        Assert.Equal($"[{Encoding.UTF8.GetString(header)},{jsonEvents}]", json);
    }

    [Fact]
    public void Control_frames_are_those_of_every_websocket()
    {
        IWireFormat json = WireFormats.JsonFrames;
        Assert.Equal(Bytes.Of(json.WriteHeartbeat), Bytes.Of(Format.WriteHeartbeat));
        Assert.Equal(Bytes.Of(o => json.WritePong(o, "abc"u8)), Bytes.Of(o => Format.WritePong(o, "abc"u8)));
        Assert.Equal(
            Bytes.Of(o => json.WriteClose(o, CloseCode.BadMessage, "x")),
            Bytes.Of(o => Format.WriteClose(o, CloseCode.BadMessage, "x")));
    }

    private static SharedEvent Event(int offset) => new(
        3, new StreamCursor(new EntryId(1_795_230_320_701, offset), Epoch.Parse("k3x9qa")),
        new EntryId(1, offset - 1), NumberedEvents.Numbered(offset), TimeProvider.System);
}
