using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Tests.Workers.Delivery;
using Realtime.Workers.Connections;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Connections;

/// <summary>What is said when a worker follows as many terminals or streams as it may.</summary>
public sealed class FollowLimitTests
{
    [Fact]
    public async Task The_limit_is_told_as_what_it_is_and_not_as_a_log_that_is_away()
    {
        await using var fixture = new DeliveryFixture(tail: new TailOptions { StreamsMax = 1 });
        foreach (string task in (string[])["t1", "t2"])
        {
            await fixture.Log.AppendTerminalAsync(
                new TerminalKey(DeliveryFixture.Tenant, task), new TerminalAppend { Data = new byte[1] }, CancellationToken.None);
        }

        await using var viewer = fixture.Open();
        Assert.Null(await SubscribeAsync(viewer, "a", "t1"));
        Refusal? second = await SubscribeAsync(viewer, "b", "t2");
        Refusal? shared = await SubscribeAsync(viewer, "c", "t1");

        Assert.Equal((ErrorCodes.RateLimited, true), (second?.Code, second?.Retry));
        Assert.Equal(CloseCode.TryAgainLater, second?.CloseCode);
        Assert.DoesNotContain("log", second?.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Null(shared);
    }

    private static Task<Refusal?> SubscribeAsync(Delivery.Viewer viewer, string id, string task)
    {
        Assert.True(TerminalFrom.TryParse("start", out TerminalFrom from));
        return viewer.Connection.SubscribeAsync(new ClientMessage.SubscribeTerminal(id, task, from));
    }
}
