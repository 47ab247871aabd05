using Realtime.Protocol;

namespace Realtime.Tests.EndToEnd;

/// <summary>What subscriptions should see of what was acknowledged: exactly that, in order, once.</summary>
internal static class ExactDelivery
{
    /// <summary>For each subscription the events it matches, by stream and in order.</summary>
    public static Dictionary<TestSubscription, EventPosition[]> Expect(
        IEnumerable<TestClient> clients, IEnumerable<Published> published)
    {
        Published[] ordered =
            [.. published.OrderBy(one => one.Position.Partition).ThenBy(one => one.Position.Entry)];
        return clients.SelectMany(client => client.Subscriptions).ToDictionary(
            subscription => subscription,
            subscription => ordered
                .Where(one => subscription.Filter.Matches(one.Envelope))
                .Select(one => one.Position)
                .ToArray());
    }

    /// <summary>Checks one subscription: the same events, no gap, every resume whole.</summary>
    public static void AssertSame(EventPosition[] wanted, TestSubscription subscription)
    {
        AssertSame(wanted, subscription, subscription.Seen.Select(one => one.Position));
        Assert.Empty(subscription.Gaps);
        Assert.Equal(0, subscription.NotRecovered);
    }

    /// <summary>Checks some of the events that a subscription saw.</summary>
    /// <param name="wanted">By stream, in order.</param>
    /// <param name="subscription">Named in the failure.</param>
    /// <param name="seen">In order of arrival.</param>
    public static void AssertSame(
        EventPosition[] wanted, TestSubscription subscription, IEnumerable<EventPosition> seen)
    {
        // Streams are independent of each other: in order within each, so a stable sort by stream changes nothing else.
        EventPosition[] sorted = [.. seen.OrderBy(position => position.Partition)];
        if (!sorted.SequenceEqual(wanted))
        {
            int first = Enumerable.Range(0, Math.Min(sorted.Length, wanted.Length))
                .FirstOrDefault(i => sorted[i] != wanted[i], Math.Min(sorted.Length, wanted.Length));
            Assert.Fail(
                $"Subscription {subscription.Id} ({subscription.Filter}): "
                    + $"{sorted.Length} events seen, {wanted.Length} wanted. "
                    + $"First difference at {first}: seen {At(sorted, first)}, wanted {At(wanted, first)}.");
        }
    }

    private static string At(EventPosition[] positions, int i) =>
        i < positions.Length ? positions[i].ToString() : "none";
}
