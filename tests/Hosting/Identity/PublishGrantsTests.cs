using Realtime.Hosting.Identity;
using Realtime.Protocol.Events;

namespace Realtime.Tests.Hosting.Identity;

/// <summary>What of an event a scope allows to publish, beside what it is about: state key and group.</summary>
public sealed class PublishGrantsTests
{
    [Theory]
    [InlineData("publish:*", "anything", true)]
    [InlineData("publish:agents/a1", null, true)]
    [InlineData("publish:agents/a1", "agent:a1:status", true)]
    [InlineData("publish:agents/a*", "agent:a1:status", true)]
    [InlineData("publish:agents/a1", "agent:a1:", true)]
    [InlineData("publish:agents/a1", "agent:a1", false)]
    [InlineData("publish:agents/a1", "agent:a11:status", false)]
    [InlineData("publish:agents/a1", "agent:a1:x:status", false)] // That of an agent named a1:x.
    [InlineData("publish:agents/a1", "agent:a2:status", false)]
    [InlineData("publish:agents/*", "agent:a2:status", false)] // Granted, but not this event's.
    [InlineData("publish:agents/a1", "task:t1:status", false)]
    [InlineData("publish:agents/a1 publish:tasks/t1", "task:t1:status", true)]
    [InlineData("publish:tasks/t1", "agent:a1:status", false)]
    [InlineData("publish:projects/p1", "project:p1:status", true)]
    [InlineData("publish:projects/p1", "project:p2:status", false)]
    [InlineData("publish:channels/budget", "budget:a:b:c", true)]
    [InlineData("publish:channels/budget", "agents:a", false)]
    [InlineData("publish:channels/budget", "budget", false)]
    [InlineData("publish:channels/*", "agent:a1:status", false)]
    [InlineData("publish:agents/a1", "budget:a", false)]
    [InlineData("publish:agents/a1", "anything", false)]
    public void A_state_key_is_of_a_name_in_the_event_that_is_granted(string scope, string? stateKey, bool allowed) =>
        Assert.Equal(
            allowed ? PublishRefusal.None : PublishRefusal.StateKey,
            Grants.Parse(scope).CheckPublish(new PublishEvent(Event with { StateKey = stateKey }, null)));

    [Theory]
    [InlineData("publish:*", "anything", false, true)]
    [InlineData("publish:agents/a1", null, false, true)]
    [InlineData("publish:agents/a1", "a1", false, true)]
    [InlineData("publish:agents/a1", "t1", false, false)]
    [InlineData("publish:agents/a1", "a2", false, false)]
    [InlineData("publish:agents/*", "a2", false, false)]
    [InlineData("publish:tasks/t1", "t1", false, true)]
    [InlineData("publish:tasks/t1", "a1", false, false)]
    [InlineData("publish:projects/p1", "p1", true, true)]
    [InlineData("publish:channels/budget", "budget", true, true)]
    [InlineData("publish:channels/budget", "a1", true, false)]
    [InlineData("publish:agents/a1", null, true, true)]
    [InlineData("publish:tasks/t1", null, true, false)] // Its group is the agent.
    [InlineData("publish:tasks/t1", null, false, true)]
    public void A_group_is_a_name_in_the_event_that_is_granted(
        string scope, string? group, bool isNumbered, bool allowed) =>
        Assert.Equal(
            allowed ? PublishRefusal.None : PublishRefusal.Group,
            Grants.Parse(scope).CheckPublish(new PublishEvent(
                Event with { Group = group }, null, isNumbered ? new ProducerMark("runner", 1, 1) : null)));

    [Fact]
    public void What_it_is_about_comes_first() => Assert.Equal(
        PublishRefusal.Event,
        Grants.Parse("publish:agents/a2").CheckPublish(new PublishEvent(
            Event with { StateKey = "agent:a2:x", Group = "a2" }, null)));

    private static EventEnvelope Event { get; } = new()
    {
        Channel = Channel.Budget,
        Type = "x",
        Agent = "a1",
        Task = "t1",
        Project = "p1",
        Payload = new byte[] { 1 },
    };
}
