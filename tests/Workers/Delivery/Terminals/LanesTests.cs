using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What is urgent goes ahead of terminals, which have no more in flight than is allowed.</summary>
public sealed class LanesTests
{
    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_acknowledgements_bulk_stops_at_its_allowance_and_events_go_on(bool isMessagePack)
    {
        var clock = new ManualClock();
        await using var fixture = new DeliveryFixture(clock: clock);
        byte[] output = new byte[300_000];
        new Random(1).NextBytes(output);
        await fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = output }, default);
        await using var viewer = new TerminalViewer(
            fixture, isMessagePack ? WireFormats.MessagePackFrames : WireFormats.JsonFrames, bufferBytes: 10_000_000);
        await viewer.SendAsync(new ClientMessage.Subscribe("s", EventFilter.All));
        await viewer.ReadUntilAsync("events are subscribed", () => viewer.Ops.Contains("subscribed"));
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("the log was read", () => viewer.Pieces.Count > 0);
        await ReadWhatThereIsAsync(viewer);

        // The first piece is small, to measure the way; then slices of a quarter, until 16 KiB are in flight.
        BulkFlow flow = viewer.Open.Lane.Flow;
        Assert.Equal(1024, viewer.Pieces[0].Length);
        Assert.All(viewer.Pieces, piece => Assert.InRange(piece.Length, 1, 4096));
        Assert.InRange(flow.InFlight, 12 * 1024, 16 * 1024);

        // Time alone brings more after 500 ms; until then only what is urgent comes.
        long before = viewer.Bytes.Length;
        for (int n = 1; n <= 20; n++)
        {
            await fixture.PublishAsync(NumberedEvents.Numbered(n));
            await viewer.ReadUntilAsync("the event came", () => viewer.Ops.Count(op => op == "event") == n);
            clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(before, viewer.Bytes.Length);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await viewer.ReadUntilAsync("patience is over", () => viewer.Bytes.Length > before);
        await ReadWhatThereIsAsync(viewer);
        Assert.InRange(flow.InFlight, 24 * 1024, 32 * 1024);

        // Nobody hangs: who never acknowledges gets its window in the end.
        await Eventually.TrueAsync("all of the window came", async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await ReadWhatThereIsAsync(viewer);
            return viewer.Bytes.Length == 256 * 1024;
        });
        Assert.True(output.AsSpan(0, 256 * 1024).SequenceEqual(viewer.Bytes.ToArray()));
    }

    [Fact]
    public async Task An_event_waits_for_one_slice_at_most_however_much_of_terminals_there_is()
    {
        // A transport that takes 2 KB at a time, from a viewer that acknowledges at once: the worker always has more to
        // send.
        await using var fixture = new DeliveryFixture(
            new DeliveryOptions { BulkStartBytes = 8192, BulkFloorBytes = 8192 });
        byte[] output = new byte[1_000_000];
        new Random(1).NextBytes(output);
        await fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = output }, default);
        await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames, bufferBytes: 2048);
        await viewer.SendAsync(new ClientMessage.Subscribe("s", EventFilter.All));
        await viewer.ReadUntilAsync("events are subscribed", () => viewer.Ops.Contains("subscribed"));
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("terminals flow", () => viewer.Pieces.Count > 5, viewer.AcknowledgeAsync);
        for (int n = 1; n <= 50; n++)
        {
            await fixture.PublishAsync(NumberedEvents.Numbered(n));
            await Eventually.TrueAsync(
                "it waits in the ring, or was written",
                () => viewer.Open.Connection.Outbox.Feeds.Any(feed => feed.Tail.Position.Entry.Offset >= n));
            int pieces = viewer.Pieces.Count;
            await viewer.ReadUntilAsync(
                "the event came", () => viewer.Ops.Count(op => op == "event") == n, viewer.AcknowledgeAsync);

            // What the transport held already, the slice that was being written, and one that was chosen before the
            // event was.
            Assert.InRange(viewer.Pieces.Count - pieces, 0, 4);
        }
    }

    [Fact]
    public async Task Control_goes_first_then_replay_then_bulk()
    {
        await using var fixture = new DeliveryFixture();
        EventPosition begin =
            (await fixture.Log.OpenAsync(new StreamKey(DeliveryFixture.Tenant, 0), default)).End.In(0);
        await fixture.PublishAsync([.. Enumerable.Range(1, 3).Select(n => NumberedEvents.Numbered(n))]);
        await fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[10_000] }, default);
        await using var viewer = new TerminalViewer(fixture, WireFormats.JsonFrames, isStarted: false);
        await viewer.SubscribeAsync("start");
        await viewer.SendAsync(new ClientMessage.Subscribe("s", EventFilter.All) { After = [begin], Resumes = true });
        await viewer.SendAsync(new ClientMessage.Ping(null));

        viewer.Start();
        await viewer.ReadUntilAsync("bytes came", () => viewer.Pieces.Count > 0);

        // Reading the past takes a moment, in which bulk has its turn too: the beginnings show the order.
        Assert.Equal(["welcome", "pong"], viewer.Ops.Take(2));
        Assert.Equal(["s", "t"], viewer.Begun);
    }

    [Fact]
    public async Task Beside_replay_bulk_has_every_second_step()
    {
        var delivery = new DeliveryOptions
        {
            CatchUpStepEntries = 1,
            BulkStartBytes = 1024 * 1024,
            TerminalWindowBytes = 16 * 1024 * 1024,
        };
        await using var fixture = new DeliveryFixture(
            delivery, terminals: new TerminalTailOptions { RecentBytesMax = 64 * 1024 * 1024 });
        EventPosition begin =
            (await fixture.Log.OpenAsync(new StreamKey(DeliveryFixture.Tenant, 0), default)).End.In(0);

        // Somebody who saw everything: so all is in memory, and neither lane ever has to wait for a read.
        await using var live = new TerminalViewer(fixture, WireFormats.JsonFrames);
        await live.SendAsync(new ClientMessage.Subscribe("s", EventFilter.All));
        await live.ReadUntilAsync("it is subscribed", () => live.Ops.Contains("subscribed"));
        await fixture.PublishAsync([.. Enumerable.Range(1, 400).Select(n => NumberedEvents.Numbered(n))]);
        await live.ReadUntilAsync("all came", () => live.Ops.Count(op => op == "event") == 400);
        byte[] output = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(output);
        foreach (byte[] piece in output.Chunk(1024 * 1024))
        {
            await fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = piece }, default);
        }

        await live.SubscribeAsync("start");
        await live.ReadUntilAsync("all bytes came", () => live.Bytes.Length == output.Length, live.AcknowledgeAsync);
        await using var viewer = new TerminalViewer(fixture, WireFormats.JsonFrames, isStarted: false);
        await viewer.SubscribeAsync("start");
        await viewer.SendAsync(new ClientMessage.Subscribe("s", EventFilter.All) { After = [begin], Resumes = true });
        viewer.Start();
        await viewer.ReadUntilAsync(
            "all was replayed", () => viewer.Ops.Count(op => op == "event") == 400, viewer.AcknowledgeAsync);

        List<string> lanes =
            [.. viewer.Ops.Where(op => op is "replay" or "terminal").SkipWhile(op => op == "terminal")];
        int[] between = [.. string.Concat(lanes.Select(op => op[0])).Split('t').Select(run => run.Length)];

        // All of the terminal in as many steps of replay, here of one event each; then the rest of the replay alone.
        Assert.InRange(between.Length - 1, 100, 200);
        Assert.InRange(between.SkipLast(1).Average(), 0.5, 2);
    }

    private static async Task ReadWhatThereIsAsync(TerminalViewer viewer)
    {
        // A pong comes behind all that was sent before its ping, and control goes first: two make sure that bulk had
        // its turn.
        for (int i = 0; i < 40; i++)
        {
            int pongs = viewer.Ops.Count(op => op == "pong");
            await viewer.SendAsync(new ClientMessage.Ping(null));
            await viewer.ReadUntilAsync("it answered", () => viewer.Ops.Count(op => op == "pong") > pongs);
        }
    }
}
