using Microsoft.Extensions.DependencyInjection;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>Beginnings that wait behind one that is taken slowly.</summary>
public sealed class OutboxStartsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Outbox _outbox;

    public OutboxStartsTests() => _outbox = new Outbox(
        WireFormats.JsonFrames, new DeliveryOptions(), 0,
        new DeliveryMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()));

    public void Dispose() => _services.Dispose();

    [Fact]
    public void What_was_ended_meanwhile_waits_no_longer_and_the_others_keep_their_order()
    {
        SubscriptionStart[] starts = [.. Enumerable.Range(0, 4).Select(i => Post($"s{i}"))];
        starts[0].Subscription.IsGone = true;
        starts[2].Subscription.IsGone = true;
        SubscriptionStart last = Post("last");

        // The first is the send loop's, which may be in the middle of it.
        Assert.Equal(
            [false, false, true, false, false], starts.Append(last).Select(start => start.Ended.IsCompleted));
        foreach (SubscriptionStart next in new[] { starts[0], starts[1], starts[3], last })
        {
            Assert.Same(next, _outbox.PeekStart());
            _outbox.EndStart(next);
        }

        Assert.Null(_outbox.PeekStart());
        Assert.Equal(["s1", "s3", "last"], _outbox.Subscriptions.Select(subscription => subscription.Id));
    }

    private SubscriptionStart Post(string id)
    {
        var start = new SubscriptionStart
        {
            Subscription = new Subscription(id, [EventFilter.All], false),
            Cursor = [],
            Joiners = [],
        };
        _outbox.PostStart(start);
        return start;
    }
}
