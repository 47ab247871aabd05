using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>Who takes nothing is sent away and may resume; who takes little is not.</summary>
public sealed class EvictionTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(4);

    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_three_stalls_it_is_closed_by_a_resumable_code_if_it_wakes_up_in_time(bool wakesUp)
    {
        await using var fixture = new DeliveryFixture();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50));
        var outbox = new Outbox(WireFormats.JsonFrames, new DeliveryOptions(), 0, fixture.Metrics);
        Flusher flusher = Make(fixture, outbox, pipe);
        pipe.Writer.Write(new byte[200]);
        Task<bool> flushing = flusher.FlushAsync().AsTask();
        for (int stall = 1; stall <= 3; stall++)
        {
            await TimerAsync();
            Assert.Null(outbox.PeekClose());
            _clock.Advance(TimeSpan.FromSeconds(5));
        }

        await Eventually.TrueAsync("it is evicted", () => outbox.PeekClose() is not null);
        Assert.Equal(CloseCode.DeadPeer, outbox.PeekClose()!.Value.Code);
        Assert.True(CloseCodes.ShouldReconnect((int)CloseCode.DeadPeer));
        await TimerAsync();
        if (wakesUp)
        {
            ReadResult read = await pipe.Reader.ReadAsync();
            pipe.Reader.AdvanceTo(read.Buffer.End);
        }
        else
        {
            _clock.Advance(CloseTimeout);
        }

        Assert.Equal(wakesUp, await flushing);
    }

    [Fact]
    public async Task Who_shows_that_something_arrived_begins_to_count_anew()
    {
        await using var fixture = new DeliveryFixture();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50));
        var outbox = new Outbox(WireFormats.JsonFrames, new DeliveryOptions(), 0, fixture.Metrics);
        Flusher flusher = Make(fixture, outbox, pipe);
        pipe.Writer.Write(new byte[200]);
        Task<bool> flushing = flusher.FlushAsync().AsTask();
        var marks = new ArrayBufferWriter<byte>();
        for (int stall = 1; stall <= 20; stall++)
        {
            await TimerAsync();
            _clock.Advance(TimeSpan.FromSeconds(5));
            outbox.WriteLiveMark(marks);
            if (stall % 2 == 0)
            {
                outbox.TakePong(new byte[8]);
            }

            // What it says of itself shows nothing.
            outbox.TakePong("hello"u8);
        }

        await TimerAsync();
        Assert.Null(outbox.PeekClose());
        ReadResult read = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(read.Buffer.End);
        Assert.True(await flushing);
    }

    [Fact]
    public async Task A_slow_link_that_moves_is_never_evicted_though_one_burst_takes_minutes()
    {
        await using var fixture = new DeliveryFixture(
            clock: _clock, ringBytes: 1024 * 1024, tail: new() { PollInterval = TimeSpan.FromMinutes(1) });
        await using Viewer viewer = fixture.Open(bufferBytes: 1024);
        TestSubscription all = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => all.Active);
        const int Count = 100;
        string filling = new('x', 1000);
        await fixture.PublishAsync([.. Enumerable.Range(0, Count).Select(
            number => NumberedEvents.Numbered(number) with { Payload = SampleEvents.Payload($"\"{filling}\"") })]);

        long started = _clock.GetTimestamp();
        await viewer.ReadUntilAsync("all have come", () => all.Count == Count, () =>
        {
            // 1 KiB in 2.5 s; a stall is 5 s, three of them in a row are the end.
            _clock.Advance(TimeSpan.FromSeconds(2.5));
            return Task.CompletedTask;
        });

        Assert.Empty(viewer.Violations);
        Assert.True(_clock.GetElapsedTime(started) > TimeSpan.FromMinutes(3));
        Assert.Null(viewer.Connection.Outbox.PeekClose());
    }

    private Flusher Make(DeliveryFixture fixture, Outbox outbox, Pipe pipe) => new(
        outbox, pipe.Writer, new DeliveryOptions(), CloseTimeout, fixture.Metrics, _clock, NullLogger.Instance);

    private Task TimerAsync() => Eventually.TrueAsync("it waits", () => _clock.Waits.Any(wait => wait > TimeSpan.Zero));
}
