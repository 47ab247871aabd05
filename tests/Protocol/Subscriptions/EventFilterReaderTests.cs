using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Subscriptions;

public sealed class EventFilterReaderTests(ITestOutputHelper output)
{
    [Fact]
    public void Lists_are_read_sorted_and_without_doubles()
    {
        var query = new EventFilterQuery(Channels: "tasks,agents", Agents: "b1,a*,b1", Types: "agent.*");
        Assert.True(EventFilterReader.TryRead(query, new ClientMessageLimits(), out EventFilter filter, out _));
        Assert.True(query.IsGiven);
        Assert.Equal(default(ChannelSet).With(Channel.Agents).With(Channel.Tasks), filter.Channels);
        Assert.Equal(["a*", "b1"], filter.Agents.Select(p => p.ToString()));
        Assert.Equal(["agent.*"], filter.Types.Select(p => p.ToString()));
        Assert.Empty(filter.Tasks);

        var other = new EventFilterQuery(Channels: "agents,tasks", Agents: "a*,b1", Types: "agent.*");
        EventFilterReader.TryRead(other, new ClientMessageLimits(), out EventFilter same, out _);
        Assert.Equal(filter, same);
    }

    [Fact]
    public void Nothing_given_is_everything()
    {
        Assert.True(EventFilterReader.TryRead(default, new ClientMessageLimits(), out EventFilter filter, out _));
        Assert.Equal(EventFilter.All, filter);
        Assert.False(default(EventFilterQuery).IsGiven);
    }

    [Fact]
    public void All_errors_are_told_by_their_parameter()
    {
        var query = new EventFilterQuery("agents,x", "a,,-", "", "*x", new string('t', 130));
        Assert.False(EventFilterReader.TryRead(
            query, new ClientMessageLimits(), out _, out IReadOnlyList<FieldError> errors));
        Assert.Equal(["channels", "agents", "agents", "tasks", "projects", "types"], errors.Select(e => e.Field));
        Assert.All(errors, e => Assert.Equal(ErrorCodes.BadRequest, e.Code));
        Assert.StartsWith("item 2 must be one of agents, tasks", errors[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Patterns_are_limited()
    {
        var limits = new ClientMessageLimits(PatternsPerFilter: 3);
        Assert.True(EventFilterReader.TryRead(new(Agents: "a,b,c"), limits, out _, out _));
        Assert.False(EventFilterReader.TryRead(
            new(Agents: "a,b,c,d,e"), limits, out _, out IReadOnlyList<FieldError> errors));
        Assert.Equal(new FieldError("agents", ErrorCodes.TooMany, "at most 3 items"), Assert.Single(errors));
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        byte[] valid = "agents,tasks,a*,b1,*,x.y"u8.ToArray();
        Fuzzing.Run(output, random =>
        {
            string text = Encoding.Latin1.GetString(Mutation.Of(valid, random));
            bool read = EventFilterReader.TryRead(
                new(text, text, text, text, text), new ClientMessageLimits(), out _,
                out IReadOnlyList<FieldError> errors);
            Assert.Equal(read, errors.Count == 0);
            Assert.InRange(errors.Count, 0, 32);
        });
    }
}
