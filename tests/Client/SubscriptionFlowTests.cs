using Realtime.Client;
using Realtime.Client.Subscriptions;

namespace Realtime.Tests.Client;

/// <summary>What is sent for a subscription, and when what comes belongs to it.</summary>
public class SubscriptionFlowTests
{
    private readonly SubscriptionFlow _flow = new();

    [Fact]
    public void It_subscribes_once_and_delivers_when_that_is_confirmed()
    {
        Assert.Equal(FlowStep.Subscribe, _flow.Next());
        Assert.Equal(FlowStep.None, _flow.Next());
        Assert.False(_flow.IsDelivering);
        Assert.True(_flow.OnSubscribed());
        Assert.True(_flow.IsDelivering);
        Assert.Equal(SubscriptionStatus.Active, _flow.Status);
        Assert.False(_flow.OnSubscribed());
    }

    [Fact]
    public void A_full_buffer_pauses_and_what_is_on_its_way_is_still_its_own()
    {
        Activate();
        _flow.IsBufferFull = true;
        Assert.Equal(FlowStep.Pause, _flow.Next());
        Assert.True(_flow.IsDelivering);
        Assert.True(_flow.OnPaused());
        Assert.False(_flow.IsDelivering);
        Assert.Equal(FlowStep.None, _flow.Next());

        _flow.IsBufferFull = false;
        Assert.Equal(FlowStep.Resume, _flow.Next());
        Assert.False(_flow.IsDelivering);
        Assert.True(_flow.OnSubscribed());
        Assert.True(_flow.IsDelivering);
    }

    [Fact]
    public void What_changes_while_a_request_is_under_way_follows_it()
    {
        Activate();
        _flow.IsBufferFull = true;
        Assert.Equal(FlowStep.Pause, _flow.Next());
        _flow.IsBufferFull = false;
        Assert.Equal(FlowStep.None, _flow.Next());
        _flow.OnPaused();
        Assert.Equal(FlowStep.Resume, _flow.Next());
    }

    [Fact]
    public void The_applications_pause_holds_whatever_the_buffer_does_and_across_reconnects()
    {
        Activate();
        _flow.IsPausedByApplication = true;
        _flow.IsBufferFull = true;
        _flow.Next();
        _flow.OnPaused();
        _flow.IsBufferFull = false;
        Assert.Equal(FlowStep.None, _flow.Next());

        _flow.OnDisconnected();
        Assert.Equal(FlowStep.None, _flow.Next());
        Assert.Equal(SubscriptionStatus.Paused, _flow.Status);
        _flow.IsPausedByApplication = false;
        Assert.Equal(FlowStep.Subscribe, _flow.Next());
    }

    [Fact]
    public void Paused_before_it_has_a_place_it_asks_for_one_first()
    {
        _flow.IsPausedByApplication = true;
        Assert.Equal(FlowStep.Subscribe, _flow.Next());
        _flow.OnSubscribed();
        Assert.Equal(FlowStep.Pause, _flow.Next());
    }

    [Theory]
    [InlineData(nameof(FlowStep.Subscribe))]
    [InlineData(nameof(FlowStep.Pause))]
    [InlineData(nameof(FlowStep.Resume))]
    public void What_was_refused_for_now_is_asked_again_after_a_wait(string step)
    {
        FlowStep refused = Enum.Parse<FlowStep>(step);
        if (refused != FlowStep.Subscribe)
        {
            Activate();
            _flow.IsBufferFull = true;
        }

        if (refused == FlowStep.Resume)
        {
            _flow.Next();
            _flow.OnPaused();
            _flow.IsBufferFull = false;
        }

        Assert.Equal(refused, _flow.Next());
        _flow.OnRefused();
        Assert.Equal(FlowStep.None, _flow.Next());
        _flow.AwaitsRetry = false;
        Assert.Equal(refused, _flow.Next());
    }

    [Fact]
    public void Whoever_leaves_unsubscribes_only_where_the_server_knows_of_it()
    {
        var apart = new SubscriptionFlow();
        apart.Close();
        Assert.Equal((FlowStep.None, FlowPhase.Ended), (apart.Next(), apart.Phase));

        _flow.Next();
        _flow.Close();
        Assert.Equal((FlowStep.Unsubscribe, FlowPhase.Ended), (_flow.Next(), _flow.Phase));
        Assert.Equal(FlowStep.None, _flow.Next());
        Assert.Equal(SubscriptionStatus.Closed, _flow.Status);
    }

    private void Activate()
    {
        _flow.Next();
        _flow.OnSubscribed();
    }
}
