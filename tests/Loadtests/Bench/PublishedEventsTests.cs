using System.Text;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Publishing;

namespace Realtime.Tests.Loadtests.Bench;

public class PublishedEventsTests
{
    [Fact]
    public void A_batch_is_read_event_by_event_as_it_was_written()
    {
        var batch = new EventBatch(new AgentNames(7, 2), 200);
        batch.Add(new Stamp(7, 1, 0, 100));
        batch.Add(new Stamp(7, 0, 3, 200));
        ReadOnlySpan<byte> body = batch.Complete().Span;
        var reader = new PublishedEvents(body);

        Assert.True(reader.TryReadNext(out ReadOnlySpan<byte> agent, out ReadOnlySpan<byte> first));
        Assert.Equal("load-7-1", Encoding.UTF8.GetString(agent));
        Assert.True(reader.TryReadNext(out agent, out ReadOnlySpan<byte> second));
        Assert.Equal("load-7-0", Encoding.UTF8.GetString(agent));
        Assert.False(reader.TryReadNext(out _, out _));
        Assert.Equal(
            Encoding.UTF8.GetString(body), $"[{Encoding.UTF8.GetString(first)},{Encoding.UTF8.GetString(second)}]");
    }

    [Fact]
    public void What_has_no_agent_is_read_all_the_same()
    {
        var reader = new PublishedEvents("""[{"payload":{"agent":"no"}},{"agent":"a"}]"""u8);

        Assert.True(reader.TryReadNext(out ReadOnlySpan<byte> agent, out ReadOnlySpan<byte> whole));
        Assert.Equal((0, 26), (agent.Length, whole.Length));
        Assert.True(reader.TryReadNext(out agent, out _));
        Assert.Equal("a", Encoding.UTF8.GetString(agent));
    }
}
