using System.Buffers;
using System.Globalization;
using Realtime.Client;
using Realtime.Client.Subscriptions;
using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>What is acknowledged of a terminal, which is what lets the server send more.</summary>
public sealed class TerminalFeedTests
{
    private readonly FeedFixture _server = new();
    private readonly TerminalFeed _feed;
    private readonly IAsyncEnumerator<TerminalItem> _reader;

    public TerminalFeedTests()
    {
        _server.Context.TerminalWindowBytes = 80;
        _feed = new TerminalFeed("t1", "task", new TerminalOptions(), _server.Context);
        _server.Context.Registry.Add(_feed);
        _reader = _feed.Buffer.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.Equal(
            ["""{"op":"subscribe","id":"t1","terminal":"task","from":"start"}"""], _server.SentTexts());
        _server.Say("""{"op":"subscribed","id":"t1","task":"task","epoch":"k3x9qa","offset":0}""");
    }

    [Fact]
    public async Task What_is_taken_is_acknowledged_at_most_every_50_ms()
    {
        SayBytes(0, 1);
        SayBytes(1, 1);
        SayBytes(2, 1);
        SayBytes(3, 1);
        await TakeAsync<TerminalBytesItem>();
        Assert.Empty(_server.Sent());
        await TakeAsync<TerminalBytesItem>();
        Assert.Equal([Ack(1)], _server.SentTexts());
        await TakeAsync<TerminalBytesItem>();
        await TakeAsync<TerminalBytesItem>();
        _server.Clock.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Empty(_server.Sent());
        _server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([Ack(3)], _server.SentTexts());
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_server.Sent());
    }

    [Fact]
    public async Task Half_of_the_window_is_acknowledged_at_once()
    {
        SayBytes(0, 1);
        SayBytes(1, 39);
        SayBytes(40, 1);
        SayBytes(41, 1);
        await TakeAsync<TerminalBytesItem>();
        await TakeAsync<TerminalBytesItem>();
        Assert.Equal([Ack(1)], _server.SentTexts());
        await TakeAsync<TerminalBytesItem>();
        Assert.Empty(_server.Sent());
        await TakeAsync<TerminalBytesItem>();
        Assert.Equal([Ack(41)], _server.SentTexts());
    }

    [Fact]
    public async Task What_waits_to_be_acknowledged_is_not_once_it_was_left()
    {
        SayBytes(0, 1);
        SayBytes(1, 1);
        SayBytes(2, 1);
        await TakeAsync<TerminalBytesItem>();
        await TakeAsync<TerminalBytesItem>();
        _server.Sent();
        await TakeAsync<TerminalBytesItem>();
        Assert.Contains(TimeSpan.FromMilliseconds(50), _server.Clock.Waits);
        _feed.Leave();
        Assert.Equal(["unsubscribe"], _server.Sent().Select(message => message["op"]!.GetValue<string>()));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_server.Sent());
    }

    [Fact]
    public async Task What_waited_during_a_pause_is_acknowledged_too()
    {
        SayBytes(0, 80); // the whole window
        Task pausing = _feed.Control.PauseAsync(CancellationToken.None);
        Assert.Equal(["pause"], _server.Sent().Select(message => message["op"]!.GetValue<string>()));
        _server.Say("""{"op":"paused","id":"t1","offset":80,"epoch":"k3x9qa"}""");
        await pausing;
        Task resuming = _feed.Control.ResumeAsync(CancellationToken.None);
        Assert.Equal(["resume"], _server.Sent().Select(message => message["op"]!.GetValue<string>()));
        _server.Say("""{"op":"subscribed","id":"t1","task":"task","epoch":"k3x9qa","offset":80}""");
        await resuming;

        await TakeAsync<TerminalBytesItem>();
        ValueTask<bool> next = _reader.MoveNextAsync();

        Assert.Equal([Ack(80)], _server.SentTexts());
        SayBytes(80, 1);
        Assert.True(await next);
    }

    [Fact]
    public async Task Behind_a_gap_into_another_life_acknowledging_begins_anew()
    {
        SayBytes(0, 100);
        await TakeAsync<TerminalBytesItem>();
        SayBytes(100, 1);
        await TakeAsync<TerminalBytesItem>();
        _server.Say(
            """
            {"op":"gap","id":"t1","after":"101.k3x9qa","resumes_at":"0.zz81mm","missing":null,"reason":"epoch"}
            """);
        await TakeAsync<TerminalGapItem>();
        Assert.Empty(_server.Sent());
        SayBytes(0, 20, "zz81mm");
        await TakeAsync<TerminalBytesItem>();
        SayBytes(20, 1, "zz81mm");
        await TakeAsync<TerminalBytesItem>();

        Assert.Equal([Ack(20, "zz81mm")], _server.SentTexts());
    }

    [Fact]
    public async Task Sizes_are_told_in_their_place_and_not_again_where_it_resumes()
    {
        SayBytes(0, 1);
        SayResize(1, 120, 40);
        SayBytes(1, 1);
        SayResize(2, 80, 24);
        await TakeAsync<TerminalBytesItem>();
        Assert.Equal(new TerminalResizeItem(120, 40), await TakeAsync<TerminalResizeItem>());
        await TakeAsync<TerminalBytesItem>();
        Assert.Equal(new TerminalResizeItem(80, 24), await TakeAsync<TerminalResizeItem>());

        _server.Break();
        Assert.Equal("2.k3x9qa", _server.Sent().Single()["from"]!.GetValue<string>());
        _server.Say(
            """
            {"op":"subscribed","id":"t1","task":"task","epoch":"k3x9qa","offset":2,"size":{"cols":80,"rows":24}}
            """);
        SayResize(2, 80, 24);
        SayBytes(2, 1);
        await TakeAsync<TerminalBytesItem>();
    }

    [Theory]
    [InlineData(1, 0, 40)]
    [InlineData(1, 120, -1)]
    [InlineData(2, 120, 40)] // behind a hole
    public void A_size_or_place_that_can_not_be_is_against_the_protocol(int offset, int columns, int rows)
    {
        SayBytes(0, 1);
        Assert.Equal(
            ClientErrorCodes.Protocol,
            Assert.Throws<RealtimeException>(() => SayResize(offset, columns, rows)).Code);
    }

    [Fact]
    public async Task Bytes_come_raw_and_as_LZ4_in_MessagePack()
    {
        SayBinary(0, static o => MessagePackWriter.WriteBinary(o, "hello"u8), "raw", 5);
        Assert.Equal("hello"u8.ToArray(), (await TakeAsync<TerminalBytesItem>()).Data.ToArray());
        SayBinary(5, static o => Lz4Extension.Write(o, 10, Block), "lz4", 10);
        Assert.Equal("aaaaaaaaab"u8.ToArray(), (await TakeAsync<TerminalBytesItem>()).Data.ToArray());
    }

    [Theory]
    [InlineData(9, 99)] // another length
    [InlineData(1024 * 1024 + 1, 99)] // more than anybody sends
    [InlineData(10, 98)] // another extension
    public void LZ4_that_is_not_what_it_says_is_against_the_protocol(int length, int type)
    {
        byte[] data = [.. Bytes.Of(o => MessagePackWriter.WriteInteger(o, length)), .. Block];
        RealtimeException refused = Assert.Throws<RealtimeException>(
            () => SayBinary(0, o => MessagePackWriter.WriteExtension(o, (sbyte)type, data), "lz4", length));
        Assert.Equal(ClientErrorCodes.Protocol, refused.Code);
    }

    [Fact]
    public void An_encoding_that_nobody_asked_for_is_against_the_protocol() =>
        Assert.Throws<RealtimeException>(
            () => SayBinary(0, static o => MessagePackWriter.WriteBinary(o, "hello"u8), "zstd", 5));

    // "aaaaaaaaab"
    private static ReadOnlySpan<byte> Block => [0x14, 0x61, 0x01, 0x00, 0x10, 0x62];

    private static string Ack(int offset, string epoch = "k3x9qa") =>
        $$"""{"op":"ack","id":"t1","offset":{{offset}},"epoch":"{{epoch}}"}""";

    private void SayResize(int offset, int columns, int rows) => _server.Say(
        $$$"""
        {"op":"terminal","id":"t1","task":"task","epoch":"k3x9qa","offset":{{{offset}}},"length":0,
        "resize":{"cols":{{{columns}}},"rows":{{{rows}}}}}
        """);

    private void SayBinary(int offset, Action<IBufferWriter<byte>> data, string encoding, int length) =>
        _server.Say(Bytes.Of(o =>
        {
            MessagePackWriter.WriteMapHeader(o, 7);
            foreach ((string key, string value) in
                new[] { ("op", "terminal"), ("id", "t1"), ("epoch", "k3x9qa"), ("encoding", encoding) })
            {
                MessagePackWriter.WriteString(o, key);
                MessagePackWriter.WriteString(o, value);
            }

            MessagePackWriter.WriteString(o, "offset");
            MessagePackWriter.WriteInteger(o, offset);
            MessagePackWriter.WriteString(o, "length");
            MessagePackWriter.WriteInteger(o, length);
            MessagePackWriter.WriteString(o, "data");
            data(o);
        }).AsSpan());

    private void SayBytes(int offset, int count, string epoch = "k3x9qa") => _server.Say(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"op":"terminal","id":"t1","task":"task","epoch":"{{epoch}}","offset":{{offset}},"length":{{count}},
        "data":"{{Convert.ToBase64String(new byte[count])}}","encoding":"base64"}
        """));

    private async Task<TItem> TakeAsync<TItem>()
    {
        Assert.True(await _reader.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        return Assert.IsType<TItem>(_reader.Current);
    }
}
