using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;
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
                new TerminalKey(DeliveryFixture.Tenant, task), new TerminalAppend { Data = new byte[1] },
                CancellationToken.None);
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

    [Fact]
    public void It_is_counted_each_time_and_logged_once_a_minute()
    {
        using ServiceProvider provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var logger = new ListLogger<TailLimit>();
        var clock = new ManualClock();
        long refused = 0;
        IMeterFactory meters = provider.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "realtime_tail_refused_total" && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => refused += value);
        listener.Start();
        var limit = new TailLimit(new TailOptions { StreamsMax = 2 }, new TailMetrics(meters), clock, logger);

        limit.Admit(1);
        Assert.Throws<TailLimitException>(() => limit.Admit(2));
        Assert.Throws<TailLimitException>(() => limit.Admit(2));
        Assert.Single(logger.Lines);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Throws<TailLimitException>(() => limit.Admit(2));

        Assert.Equal(3, refused);
        Assert.Equal(2, logger.Lines.Count);
        Assert.Contains("event_plane:tail:streams", logger.Lines.First(), StringComparison.Ordinal);
    }

    private static Task<Refusal?> SubscribeAsync(Delivery.Viewer viewer, string id, string task)
    {
        Assert.True(TerminalFrom.TryParse("start", out TerminalFrom from));
        return viewer.Connection.SubscribeAsync(new ClientMessage.SubscribeTerminal(id, task, from));
    }
}
