using System.Globalization;
using Realtime.Client;
using Realtime.Client.Subscriptions;

namespace Realtime.Tests.Client;

/// <summary>What is acknowledged of a terminal, which is what lets the server send more.</summary>
public sealed class TerminalFeedTests
{
    private readonly FeedFixture _server = new();
    private readonly IAsyncEnumerator<TerminalItem> _reader;

    public TerminalFeedTests()
    {
        // An eighth of the window: every ten bytes.
        _server.Context.TerminalWindowBytes = 80;
        var feed = new TerminalFeed("t1", "task", new TerminalOptions(), _server.Context);
        _server.Context.Registry.Add(feed);
        _reader = feed.Buffer.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.Equal(
            ["""{"op":"subscribe","id":"t1","terminal":"task","from":"start"}"""], _server.SentTexts());
        _server.Say("""{"op":"subscribed","id":"t1","task":"task","epoch":"k3x9qa","offset":0}""");
    }

    [Fact]
    public async Task What_is_taken_is_acknowledged_every_eighth_of_the_window()
    {
        SayBytes(0, 9);
        SayBytes(9, 1);
        await TakeAsync<TerminalBytesItem>();
        await TakeAsync<TerminalBytesItem>();
        Assert.Empty(_server.Sent());
        SayBytes(10, 1);
        await TakeAsync<TerminalBytesItem>();
        Assert.Equal(["""{"op":"ack","id":"t1","offset":10}"""], _server.SentTexts());
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

        Assert.Equal(["""{"op":"ack","id":"t1","offset":20}"""], _server.SentTexts());
    }

    private void SayBytes(int offset, int count, string epoch = "k3x9qa") => _server.Say(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"op":"terminal","id":"t1","task":"task","epoch":"{{epoch}}","offset":{{offset}},"length":{{count}},
        "data":"{{Convert.ToBase64String(new byte[count])}}","encoding":"base64"}
        """));

    private async Task TakeAsync<TItem>()
    {
        Assert.True(await _reader.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.IsType<TItem>(_reader.Current);
    }
}
