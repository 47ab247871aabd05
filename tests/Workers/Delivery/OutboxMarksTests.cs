using System.Buffers;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>Pongs that answer marks of what is live: as many as there were marks, and none besides.</summary>
public sealed class OutboxMarksTests
{
    private static readonly byte[] LiveMark = new byte[8];

    [Fact]
    public async Task Each_mark_comes_back_once_and_what_comes_besides_answers_nothing()
    {
        await using var fixture = new DeliveryFixture();
        var outbox = new Outbox(WireFormats.JsonFrames, new DeliveryOptions(), 0, fixture.Metrics);
        var output = new ArrayBufferWriter<byte>();
        Assert.False(outbox.TakePong(LiveMark));
        for (int i = 0; i < 1_000; i++)
        {
            outbox.WriteLiveMark(output);
        }

        for (int i = 1; i <= 1_000; i++)
        {
            Assert.True(outbox.TakePong(LiveMark));
            Assert.Equal(i, outbox.Progress);
        }

        Assert.False(outbox.TakePong(LiveMark));
        Assert.Equal(1_000, outbox.Progress);
    }

    [Fact]
    public async Task A_mark_of_the_replay_that_comes_again_shows_nothing()
    {
        await using var fixture = new DeliveryFixture();
        var outbox = new Outbox(WireFormats.JsonFrames, new DeliveryOptions(), 0, fixture.Metrics);

        Assert.True(outbox.TakePong([0, 0, 0, 0, 0, 0, 0, 9]));
        Assert.False(outbox.TakePong([0, 0, 0, 0, 0, 0, 0, 9]));
        Assert.False(outbox.TakePong([0, 0, 0, 0, 0, 0, 0, 8]));
        Assert.Equal((9L, 1L), (outbox.AnsweredTo, outbox.Progress));
    }
}
