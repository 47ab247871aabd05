using System.Text.Json;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Publishing;

namespace Realtime.Tests.Loadtests;

public class EventBatchTests
{
    [Theory]
    [InlineData(EventBatch.PayloadBytesMin)]
    [InlineData(200)]
    [InlineData(5000)]
    public void Events_have_agent_stamp_and_a_payload_of_the_size_asked_for(int payloadBytes)
    {
        var batch = new EventBatch(new AgentNames(7, 2), payloadBytes);
        batch.Add(new Stamp(7, 0, 0, long.MaxValue));
        batch.Add(new Stamp(7, 1, 0, 2));

        using var events = JsonDocument.Parse(batch.Complete());

        Assert.Equal(2, events.RootElement.GetArrayLength());
        JsonElement second = events.RootElement[1];
        Assert.Equal("load-7-1", second.GetProperty("agent").GetString());
        Assert.Equal("7.1.0.2", second.GetProperty("payload").GetProperty("stamp").GetString());
        Assert.All(
            events.RootElement.EnumerateArray(),
            sent => Assert.Equal(payloadBytes, sent.GetProperty("payload").GetRawText().Length));
    }

    [Fact]
    public void It_can_be_used_again()
    {
        var batch = new EventBatch(new AgentNames(7, 1), 200);
        batch.Add(new Stamp(7, 0, 0, 1));
        batch.Complete();

        batch.Reset();
        batch.Add(new Stamp(7, 0, 1, 2));

        using var events = JsonDocument.Parse(batch.Complete());
        JsonElement only = Assert.Single(events.RootElement.EnumerateArray());
        Assert.Equal("7.0.1.2", only.GetProperty("payload").GetProperty("stamp").GetString());
    }
}
